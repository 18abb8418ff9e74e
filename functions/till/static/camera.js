// Reads a code from the camera or from a picture: with the browser's own detector, else QR alone with the worker here.
// Fetched when the camera is opened for the first time.

const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "ean_8", "upc_a", "itf", "data_matrix", "aztec", "pdf417"];
const WIDEST = 960, WIDEST_PICTURE = 1920;
const PAUSE_MS = 100; // between two looks: fast enough for a hand, and the phone stays cool
const AGAIN_MS = 2000; // after a look that failed, as where the worker cannot be fetched

let looking = null; // made once: a function from a picture's source to the text found in it, "" for none

// The browser's own detector. Raises if there is none, also where it is named but its service is not there.
async function detector() {
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("qr_code")) throw new Error("no QR codes");
  const found = new BarcodeDetector({ formats: FORMATS.filter((each) => known.includes(each)) });
  return async (source) => (await found.detect(source))[0]?.rawValue ?? "";
}

// The worker answers in the order in which it was asked: a picture may be chosen while the camera is looking.
function byWorker() {
  const worker = new Worker(new URL("qr-worker.js", import.meta.url), { type: "module" });
  const waiting = [];
  worker.onmessage = ({ data }) => waiting.shift().goOn(data);
  worker.onerror = (event) => {
    looking = null; // it could not be fetched: the next look begins anew
    for (const { fail } of waiting.splice(0)) fail(new Error(event.message));
  };
  return (source, widest) => new Promise((goOn, fail) => {
    const pixels = pixelsOf(source, widest);
    waiting.push({ goOn, fail });
    worker.postMessage(pixels, [pixels.data.buffer]);
  });
}

function pixelsOf(source, widest) {
  const width = source.videoWidth ?? source.width, height = source.videoHeight ?? source.height;
  const scale = Math.min(1, widest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, data };
}

async function look(source, widest) {
  try {
    looking ??= await detector();
    return (await looking(source, widest)).trim();
  } catch {
    looking = byWorker(); // from now on
    return (await looking(source, widest)).trim();
  }
}

// Show the camera in *video* until *found* is called with a text, or `stop` of what this gives. *told* is called with
// the key of what there is to say when that changes. Raises what getUserMedia raises: NotAllowedError, NotFoundError, …
export async function open(video, found, told) {
  const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  let isOpen = true;
  const stop = () => {
    isOpen = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  for (const track of stream.getTracks()) track.onended = () => told("no_camera"); // unplugged, or taken away
  video.srcObject = stream;
  (async () => {
    await video.play();
    for (let isWell = true; isOpen; ) {
      const wasWell = isWell;
      const text = await glimpse(video).catch(() => null);
      isWell = text !== null;
      if (isOpen && text) {
        stop();
        found(text);
      } else if (isOpen && isWell !== wasWell) told(isWell ? "scan_hint" : "no_answer");
      await new Promise((goOn) => setTimeout(goOn, isWell ? PAUSE_MS : AGAIN_MS));
    }
  })().catch((error) => isOpen && console.error(error));
  return { stop };
}

const glimpse = async (video) => (video.readyState >= video.HAVE_CURRENT_DATA ? look(video, WIDEST) : "");

// The text of a code in a picture that somebody chose; "" if there is none, or if it is no picture. Raises if the worker
// cannot be fetched.
export async function inPicture(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  return picture ? look(picture, WIDEST_PICTURE) : "";
}
