import { marked, type Token, type Tokens } from "marked";
import type { ComponentChildren } from "preact";

/**
 * Markdown as elements. The parser only splits the text; whatever it takes for HTML is shown as the text that it is,
 * images are links, and links go to the web only. Nothing is ever parsed as markup.
 */
export function Markdown({ text }: { text: string }) {
  return (
    <div class="prose" dir="auto">
      {all(parsed(text))}
    </div>
  );
}

function parsed(text: string): Token[] {
  try {
    return marked.lexer(text, { gfm: true, breaks: true });
  } catch {
    return [{ type: "text", raw: text, text }];
  }
}

function all(tokens: Token[] | undefined): ComponentChildren {
  return tokens?.map((token, at) => <One key={at} token={token as Tokens.Generic} />);
}

function One({ token }: { token: Tokens.Generic }) {
  const inside = token.tokens ? all(token.tokens) : plain(token);
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p>{inside}</p>;
    case "heading": {
      // Headings of a reply lie below those of the page.
      const Level = `h${Math.min(6, token.depth + 2)}` as "h3";
      return <Level>{inside}</Level>;
    }
    case "blockquote":
      return <blockquote>{inside}</blockquote>;
    case "list":
      return <List token={token as Tokens.List} />;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case "hr":
      return <hr />;
    case "table":
      return <Table token={token as Tokens.Table} />;
    case "strong":
      return <strong>{inside}</strong>;
    case "em":
      return <em>{inside}</em>;
    case "del":
      return <del>{inside}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token.href}>{inside}</Link>;
    case "image":
      return <Link href={token.href}>{token.text || token.href}</Link>;
    default:
      return <>{inside}</>;
  }
}

function plain(token: Tokens.Generic): string {
  return token.type === "html" ? token.raw : (token.text ?? token.raw);
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, at) => (
    <li key={at}>
      {item.task && <span>{item.checked ? "☑ " : "☐ "}</span>}
      {all(item.tokens.filter((one) => one.type !== "checkbox"))}
    </li>
  ));
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <div class="table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>{token.header.map((cell, at) => <th key={at} scope="col">{all(cell.tokens)}</th>)}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, at) => (
            <tr key={at}>{row.map((cell, column) => <td key={column}>{all(cell.tokens)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Link({ href, children }: { href: string; children: ComponentChildren }) {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return <>{children} ({href})</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
}
