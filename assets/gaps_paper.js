/**
 * Paper against foot: grids that a circle on paper covers and a walk does not. The circle has the
 * category's own radius, whatever minutes are chosen.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SHOWN = [0, 1, 2, 3, 4];
  const CODE = { none: 0, all: 254 };

  const entryOf = (app) => LC.gaps.ask(app, 'paper', {});

  let held = { value: null, names: null, rows: [] };
  /** Give the rows, most people first; null while they are on their way. */
  function rowsOf(app) {
    const { value } = entryOf(app);
    const names = LC.namesOf(app.view.release, 'grid');
    if (!names.value && !names.isFailed) names.promise.then(LC.gaps.redraw);
    if (!value || !names.value) return null;
    if (!value.rows) return [];
    if (held.value !== value || held.names !== names.value) {
      const { i, whole, line, walk } = value.rows;
      const rows = i.map((unit, k) => ({
        i: unit,
        id: names.value.ids[unit],
        place: names.value.names[unit] || names.value.ids[unit],
        whole: whole[k],
        line: line[k],
        walk: walk[k],
        lost: line[k] - walk[k],
      }));
      held = { value, names: names.value, rows };
    }
    return held.rows;
  }

  function sentence(app) {
    const { value } = entryOf(app);
    const words = LC.wordsOf(app);
    if (!value) return LC.t('gaps_wait', words);
    if (value.reason) return LC.t('paper_reason_' + value.reason, words);
    return LC.t(value.rows.i.length ? 'paper_sentence' : 'paper_none', {
      ...words,
      radius: LC.integer(value.radius_m),
      line: LC.share(value.line, value.whole),
      walk: LC.share(value.walk, value.whole),
      lost: LC.amountText(value.line - value.walk, app.view.basis),
      grids: LC.integer(value.rows.i.length),
    });
  }

  function bar(row) {
    const width = (part) => ({ width: (100 * part) / row.whole + '%' });
    return LC.h(
      'span',
      { class: 'gaps-minutes', 'aria-hidden': 'true' },
      LC.h('i', { class: 'is-reached', style: width(row.walk) }),
      LC.h('i', { class: 'is-missing', style: width(row.lost) })
    );
  }

  const spec = {
    list: 'foot',
    unit: 'unit_grid',
    columns: 'rank place lost line walk both'.split(' '),
    numbers: ['rank', 'lost', 'line', 'walk'],
    cells: {
      rank: (app, row, rank) => LC.integer(rank),
      place: (app, row) => LC.gaps.rowButton(spec, row),
      lost: (app, row) => LC.h('b', null, LC.amountCell(row.lost, app.view.basis)),
      line: (app, row) => LC.share(row.line, row.whole),
      walk: (app, row) => LC.share(row.walk, row.whole),
      both: (app, row) => bar(row),
    },
    headText: (app, name) => LC.t('paper_col_' + name),
    rows: rowsOf,
    entry: entryOf,
    empty: (app) => sentence(app).replace(/\*\*/g, ''),
    choose: (row) => LC.act({ s: row.id }),
    isOn: (app, row) => app.state.s === row.id,
  };

  /** Code what is left of the circle on foot: all of it is light, nothing is the darkest. */
  function codeOf(row) {
    const lost = row.lost / row.whole;
    if (lost >= 1) return CODE.none;
    const kept = 1 - lost;
    if (kept < 0.5) return 1 + Math.floor(kept * 198);
    if (kept < 0.9) return 101 + Math.floor((kept - 0.5) * 247);
    return 201 + Math.min(51, Math.floor((kept - 0.9) * 520));
  }

  let coded = { rows: null, base: null, codes: null };
  /** Give the codes of all grids; who has no people or no data stays as the answer says. */
  function codes(rows, base) {
    if (coded.rows !== rows || coded.base !== base) {
      const out = Uint8Array.from(base, (code) => (code === 253 || code === 255 ? code : CODE.all));
      rows.forEach((row) => (out[row.i] = codeOf(row)));
      coded = { rows, base, codes: out };
    }
    return coded.codes;
  }

  function scene(app) {
    const shown = LC.gaps.scene(app);
    const rows = rowsOf(app);
    if (!shown || !rows) return shown && { ...shown, keep: () => null };
    return { ...shown, keep: () => null, codes: (base) => codes(rows, base) };
  }

  const legend = () =>
    LC.h(
      'div',
      { class: 'legend-rows' },
      SHOWN.map((group) =>
        LC.h(
          'span',
          { class: 'legend-row' },
          LC.h('i', { class: 'swatch swatch-' + LC.CLASSES[group], 'aria-hidden': 'true' }),
          LC.t('paper_class_' + LC.CLASSES[group])
        ))
    );

  LC.gaps.paper = {
    spec,
    head: (app) => LC.h('p', { class: 'note' }, LC.t('paper_note', LC.wordsOf(app))),
    sentence,
    mapHead: () => [
      LC.h('h2', null, LC.t('paper_map')),
      LC.h('span', { class: 'note' }, LC.t('paper_map_note')),
    ],
    legend,
    detail: (app) => LC.gaps.detail(app),
    draw: (container, app) => LC.gaps.drawPlain(container, app, spec),
    map: scene,
  };
})();
