// Reads a code from the camera or from a picture: with the browser's own detector, else QR alone with the worker here.
// Fetched when the camera is opened for the first time.

const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "ean_8", "upc_a", "itf", "data_matrix", "aztec", "pdf417"];
const WIDEST = 960, WIDEST_PICTURE = 1920;
const PAUSE_MS = 100; // between two looks: fast enough for a hand, and the phone stays cool

let looking = null; // made once: a function from a picture's source to the text found in it, "" for none

// The browser's own detector. Raises if there is none, also where it is named but its service is not there.
async function detector() {
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("qr_code")) throw new Error("no QR codes");
  const found = new BarcodeDetector({ formats: FORMATS.filter((each) => known.includes(each)) });
  return async (source) => (await found.detect(source))[0]?.rawValue ?? "";
}

function byWorker() {
  const worker = new Worker(new URL("qr-worker.js", import.meta.url), { type: "module" });
  return (source, widest) => new Promise((goOn, fail) => {
    worker.onmessage = ({ data }) => goOn(data);
    worker.onerror = (event) => fail(new Error(event.message));
    const pixels = pixelsOf(source, widest);
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

// Show the camera in *video* until *found* is called with a text, or `stop` of what this gives. Raises what
// getUserMedia raises: NotAllowedError, NotFoundError, …
export async function open(video, found) {
  const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  let isOpen = true;
  const stop = () => {
    isOpen = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  (async () => {
    await video.play();
    while (isOpen) {
      const text = video.readyState >= video.HAVE_CURRENT_DATA ? await look(video, WIDEST) : "";
      if (isOpen && text) {
        stop();
        found(text);
      }
      await new Promise((goOn) => setTimeout(goOn, PAUSE_MS));
    }
  })().catch((error) => isOpen && console.error(error));
  return { stop };
}

// The text of a code in a picture that somebody chose; "" if there is none, or if it is no picture.
export async function inPicture(file) {
  try {
    return await look(await createImageBitmap(file), WIDEST_PICTURE);
  } catch {
    return "";
  }
}
