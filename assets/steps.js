/**
 * Hold one unit's colour codes for every minute, from one download: the slider asks for nothing
 * more.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const MINUTES = 61;
  const KEPT = 12;
  const held = new Map();

  class Steps {
    /**
     * @param {ArrayBuffer} buffer `uint32 n, uint32 total, uint8 base[n], count[n], minute[total],
     * code[total]`.
     */
    constructor(buffer) {
      const head = new DataView(buffer);
      this.n = head.getUint32(0, true);
      const total = head.getUint32(4, true);
      const octets = new Uint8Array(buffer, 8);
      this.base = octets.subarray(0, this.n);
      this.sortByMinute(
        octets.subarray(this.n, 2 * this.n),
        octets.subarray(2 * this.n, 2 * this.n + total),
        octets.subarray(2 * this.n + total, 2 * this.n + 2 * total)
      );
      this.codes = this.base.slice();
      this.minute = -1;
    }

    /**
     * Lay the steps out minute by minute, so that one tick of the slider touches only what changes.
     */
    sortByMinute(count, minute, code) {
      this.first = new Uint32Array(MINUTES + 1);
      for (let k = 0; k < minute.length; k++) this.first[minute[k] + 1]++;
      for (let m = 0; m < MINUTES; m++) this.first[m + 1] += this.first[m];
      this.unit = new Uint32Array(minute.length);
      this.code = new Uint8Array(minute.length);
      const next = this.first.slice();
      let k = 0;
      for (let i = 0; i < this.n; i++) {
        for (let left = count[i]; left > 0; left--, k++) {
          const at = next[minute[k]]++;
          this.unit[at] = i;
          this.code[at] = code[k];
        }
      }
    }

    /** Give the codes of a minute, shape (n,). The array is reused by the next call. */
    at(minute) {
      const m = Math.max(0, Math.min(MINUTES - 1, minute));
      if (m < this.minute) {
        this.codes.set(this.base);
        this.minute = -1;
      }
      const end = this.first[m + 1];
      for (let k = this.minute < 0 ? 0 : this.first[this.minute + 1]; k < end; k++) {
        this.codes[this.unit[k]] = this.code[k];
      }
      this.minute = m;
      return this.codes;
    }
  }

  async function download(url, read) {
    const response = await fetch(url);
    if (!response.ok) throw new Error('The server answered ' + response.status + ' for ' + url);
    return read(response);
  }

  /**
   * Fetch once and keep. A failure is kept as well, or every frame would ask a server that is down;
   * `LC.forgetFailures` lets the next call try again.
   */
  function once(path, query, read) {
    const url = LC.address(path) + '?' + new URLSearchParams(query).toString();
    if (!held.has(url)) {
      const entry = { value: null, promise: null, isFailed: false };
      entry.promise = download(url, read).then(
        (value) => (entry.value = value),
        () => (entry.isFailed = true)
      );
      held.set(url, entry);
      if (held.size > KEPT) held.delete(held.keys().next().value);
    }
    // What was asked for last goes last: an answer in use is not dropped for one that is not.
    const entry = held.get(url);
    held.delete(url);
    held.set(url, entry);
    return entry;
  }

  /** Ask again, at the next call, for what the server did not give. */
  LC.forgetFailures = () => {
    held.forEach((entry, url) => entry.isFailed && held.delete(url));
  };

  const values = (release) => '/values/' + encodeURIComponent(release) + '/';
  const octets = (response) => response.arrayBuffer();

  /** Give the entry `{value, promise}` of the steps of a query `{c, t, v, b, u}`. */
  LC.stepsOf = (release, query) =>
    once(values(release) + 'steps', query, async (r) => new Steps(await octets(r)));

  /** Give the entry of the minutes to the nearest facility `{c, t, v, u}`, uint8 a grid. */
  LC.minutesToNearest = (release, query) =>
    once(values(release) + 'minutes', query, async (r) => new Uint8Array(await octets(r)));

  /** Give the entry of an indicator over the map, in units of a level; a rule brings its own. */
  LC.indicatorLayer = (app, one, unit) =>
    one.entry || once(values(app.view.release) + 'indicator', { i: one.id, u: unit }, async (r) => {
      const layer = await r.json();
      return { ...layer, octets: Uint8Array.from(layer.codes) };
    });

  /** Give the entry of the card of an indicator for the area in view. */
  LC.indicatorArea = (app, one) =>
    once(
      values(app.view.release) + 'indicator-area',
      { i: one.id, a: app.view.area.code },
      (r) => r.json()
    );

  /** Give the entry of a JSON answer of the server. */
  LC.answerOf = (path, query) => once(path, query, (r) => r.json());

  /** Ask again, at the next call, for what begins with a path: it was changed. */
  LC.forgetAnswers = (path) => {
    held.forEach((_, url) => url.startsWith(LC.address(path)) && held.delete(url));
  };

  /** Give the entry of one page of the table of units by indicators. */
  LC.indicatorRows = (release, query) =>
    once(values(release) + 'indicators', query, (r) => r.json());

  /**
   * Give the entry of the names of a unit: `{ids, names, people, lon, lat}` in the order of `i`.
   */
  LC.namesOf = (release, unit) => once(values(release) + 'names', { u: unit }, (r) => r.json());

  LC.Steps = Steps;
})();
