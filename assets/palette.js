/**
 * Say which class a code belongs to and which colour a class has. Colours live in the style sheet.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  /** Worst first, as `geo.walk.CLASSES`. */
  LC.CLASSES = ['none', 'low', 'partial', 'near', 'full', 'no_people', 'no_data'];
  const NO_PEOPLE = 5;
  const NO_DATA = 6;

  /** Class of each share code, shape (256,), as `geo.walk.class_of`. */
  LC.CLASS_OF_CODE = (() => {
    const table = new Uint8Array(256);
    for (let code = 1; code <= 252; code++) table[code] = code <= 100 ? 1 : code <= 200 ? 2 : 3;
    table[253] = NO_PEOPLE;
    table[254] = 4;
    table[255] = NO_DATA;
    return table;
  })();

  let cache = { theme: null, colours: {} };
  /** Read a colour token of the style sheet, for example `--c-none`. */
  LC.colour = (token) => {
    const theme = document.documentElement.getAttribute('data-theme') || 'light';
    if (cache.theme !== theme) cache = { theme, colours: {} };
    if (!cache.colours[token]) {
      const style = getComputedStyle(document.documentElement);
      cache.colours[token] = style.getPropertyValue(token).trim() || '#000000';
    }
    return cache.colours[token];
  };

  /** Token of each class, in the order of CLASSES; no people has no fill. */
  LC.CLASS_TOKENS = ['--c-none', '--c-low', '--c-part', '--c-near', '--c-full', null, '--unk-bg'];

  /** Bounds of the minute classes with the hinge at the chosen limit: T/3, 2T/3, T, 4T/3, 2T. */
  LC.minuteBreaks = (limit) =>
    [limit / 3, (2 * limit) / 3, limit, (4 * limit) / 3, 2 * limit].map(
      (value) => Math.round(value)
    );

  const MINUTE_TOKENS = ['--m-1', '--m-2', '--m-3', '--m-4', '--m-5', '--m-6'];
  LC.MINUTE_TOKENS = MINUTE_TOKENS;

  /** Turn `#rrggbb` into the 32 bits that a little-endian ImageData holds. */
  function packed(hex, alpha) {
    const value = parseInt(hex.slice(1), 16);
    const red = (value >> 16) & 255;
    const green = (value >> 8) & 255;
    return ((alpha << 24) | ((value & 255) << 16) | (green << 8) | red) >>> 0;
  }
  LC.packed = packed;

  const FADED = 66; // 26 % of 255: other classes while one is chosen

  /**
   * Colours of share codes.
   * @param {number|null} only Class to keep at full strength; null keeps all.
   * @returns {{plain: Uint32Array, stripe: Uint32Array}} `stripe` is the hatch colour where it
   *   differs.
   */
  LC.sharePalette = (only) => {
    const plain = new Uint32Array(256);
    for (let code = 0; code < 256; code++) {
      const group = LC.CLASS_OF_CODE[code];
      const alpha = only === null || only === group ? 255 : FADED;
      const token = LC.CLASS_TOKENS[group];
      if (token) plain[code] = packed(LC.colour(token), alpha);
    }
    const stripe = plain.slice();
    stripe[255] = packed(LC.colour('--hatch'), only === null || only === NO_DATA ? 255 : FADED);
    return { plain, stripe };
  };

  /** Colours of minute codes for a limit; 252..254 are the last class, 255 is hatched. */
  LC.minutePalette = (limit) => {
    const breaks = LC.minuteBreaks(limit);
    const plain = new Uint32Array(256);
    for (let code = 0; code < 255; code++) {
      const found = breaks.findIndex((end) => code <= end);
      plain[code] = packed(LC.colour(MINUTE_TOKENS[found < 0 ? 5 : found]), 255);
    }
    plain[255] = packed(LC.colour('--unk-bg'), 255);
    const stripe = plain.slice();
    stripe[255] = packed(LC.colour('--hatch'), 255);
    return { plain, stripe };
  };
})();
