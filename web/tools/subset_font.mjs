// Makes the committed app/src/fonts/*.woff2 from Inter as npm has it: the letters of western and central European
// languages, the two weights' range and the features that tokens.css uses. Run after Inter is updated:
//   npm install --no-save subset-font@2.9.0 && node tools/subset_font.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import subset from "subset-font";

const web = resolve(import.meta.dirname, "..");
const inter = join(web, "node_modules/@fontsource-variable/inter");
const options = {
  targetFormat: "woff2",
  keepFeatures: ["kern", "ccmp", "locl", "mark", "mkmk", "tnum", "cv05", "ss03"],
  variationAxes: { wght: { min: 450, max: 600 } },
};
// Each as in the unicode-range of fonts.css.
const files = {
  latin: [
    ...[
      [0x20, 0x7e],
      [0xa0, 0xff],
      [0x152, 0x153],
      [0x2009, 0x200a],
      [0x2010, 0x2014],
      [0x2018, 0x201e],
    ],
    ...[[0x2020], [0x2022], [0x2026], [0x202f], [0x2032, 0x2033], [0x2039, 0x203a], [0x20ac], [0x2122]],
    ...[[0x2191], [0x2193], [0x2212], [0x2215]],
  ],
  "latin-ext": [
    [0x100, 0x151],
    [0x154, 0x17f],
    [0x218, 0x21b],
  ],
};

for (const [name, ranges] of Object.entries(files)) {
  const font = readFileSync(join(inter, `files/inter-${name}-wght-normal.woff2`));
  writeFileSync(join(web, `app/src/fonts/inter-${name}.woff2`), await subset(font, textOf(ranges), options));
}
writeFileSync(join(web, "app/src/fonts/LICENSE"), readFileSync(join(inter, "LICENSE")));

function textOf(ranges) {
  return ranges
    .flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, at) => first + at))
    .map((code) => String.fromCodePoint(code))
    .join("");
}
