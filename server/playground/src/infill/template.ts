/** Text with holes, as it is typed: `[[12]]` is a hole of twelve tokens. */

export type Piece = { text: string } | { hole: { max_tokens: number } };

const HOLE = /\[\[(\d{1,4})\]\]/g;

export function pieces(typed: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of typed.matchAll(HOLE)) {
    if (match.index > from) found.push({ text: typed.slice(from, match.index) });
    found.push({ hole: { max_tokens: Math.min(2048, Math.max(1, Number(match[1]))) } });
    from = match.index + match[0].length;
  }
  if (from < typed.length) found.push({ text: typed.slice(from) });
  return found;
}

export function holesIn(found: Piece[]): number[] {
  return found.flatMap((piece) => ("hole" in piece ? [piece.hole.max_tokens] : []));
}
