import { render } from "preact";
import { App } from "./app";
import { watchServer } from "./server/status";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/canvas.css";
import "./styles/text.css";
import "./styles/views.css";
import "./styles/touch.css";

const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
watchServer();
