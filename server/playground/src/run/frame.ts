/** Calls `work` at most once a frame, however often it is asked for; at once where no frames are drawn. */
export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  const run = () => {
    asked = false;
    work();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (document.visibilityState === "hidden") setTimeout(run, 100);
    else requestAnimationFrame(run);
  };
}
