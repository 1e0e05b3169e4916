import { UNREACHABLE } from "./client";
import { listing, reason, status } from "./status";

/** What is wrong with the server as a whole; goes away by itself. */
export function ServerNotice() {
  if (status.value !== "waiting" && status.value !== "unreachable") return null;
  const lost = status.value === "unreachable";
  return (
    <div class="notice top-notice bad" role="alert">
      <p>
        <strong>{lost ? UNREACHABLE : "The server takes no requests now."}</strong>
        <span>{lost ? "" : `It says: ${reason.value}. `}Trying again every second{listing.value ? "; what is on this page stays" : ""}.</span>
      </p>
    </div>
  );
}
