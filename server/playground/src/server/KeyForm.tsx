import { useState } from "preact/hooks";
import { Icon } from "../ui/Icon";
import { apiKey } from "./client";
import { keyRefused, look } from "./status";

/** Asks for a key. It is kept in memory only, so a password manager is the place to keep it. */
export function KeyForm() {
  const [typed, setTyped] = useState("");
  return (
    <form
      class="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        keyRefused.value = false;
        apiKey.value = typed.trim();
        void look();
      }}
    >
      <h1><Icon name="key" /> This server wants an API key</h1>
      <p id="key-hint">It stays in this page's memory: it is not stored, and gone when the page is closed or loaded again.</p>
      <label for="key">API key</label>
      <div class="actions">
        <input id="key" type="password" autocomplete="current-password" spellcheck={false} value={typed} aria-describedby="key-hint" aria-invalid={keyRefused.value} onInput={(event) => setTyped(event.currentTarget.value)} autofocus />
        <button type="submit" class="primary" disabled={!typed.trim()}>Use it</button>
      </div>
      {keyRefused.value && <p class="notice bad" role="alert">This API key is not one of the server's.</p>}
    </form>
  );
}
