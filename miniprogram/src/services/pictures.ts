import qrcode from "qrcode-generator";
import CODE128C from "jsbarcode/bin/barcodes/CODE128/CODE128C";

// Codes are drawn as one SVG path each: sharp on every screen, and nothing is asked of a server.

function asImage(width: number, height: number, path: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges" preserveAspectRatio="none"><path d="${path}" fill="#111"/></svg>`;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** A QR code without a margin. */
export function qr(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text, /^\d+$/.test(text) ? "Numeric" : "Byte");
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return asImage(size, size, path);
}

/** Code 128 C of an even number of digits, with the quiet zone of ten modules at each side. */
export function barcode(digits: string): string {
  const { data } = new CODE128C(digits, {}).encode();
  let path = "";
  for (const run of data.matchAll(/1+/g)) path += `M${run.index + 10} 0h${run[0].length}v1h-${run[0].length}z`;
  return asImage(data.length + 20, 1, path);
}
