// Finds a QR code in a picture, beside the page, so that the page never stands still.

import { decodeQR } from "./qr/decode.js"; // npm `qr` 0.7.0 by Paul Miller, see qr/LICENSE.txt

addEventListener("message", ({ data }) => {
  let text = "";
  try {
    text = decodeQR(data);
  } catch {} // it says in this way that there is none
  postMessage(text);
});
