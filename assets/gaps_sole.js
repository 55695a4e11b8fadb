/**
 * Single points: facilities by the people who can reach no other of the kind, and lose the service
 * when it closes.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const PEOPLE = 'people'; // worked out at the build, whatever is counted elsewhere

  const entryOf = (app) => LC.gaps.ask(app, 'dependence', {});
  const known = (value) => value !== null && value !== undefined;

  let held = { value: null, rows: [] };
  function rowsOf(app) {
    const { value } = entryOf(app);
    if (!value) return null;
    if (held.value !== value) {
      held = { value, rows: value.map((one) => ({ ...one, place: one.name || one.id })) };
    }
    return held.rows;
  }

  const chosenOf = (app) => (rowsOf(app) || []).find((row) => row.id === app.state.src) || null;

  function sentence(app) {
    const rows = rowsOf(app);
    const words = LC.wordsOf(app);
    if (!rows) return LC.t('gaps_wait', words);
    const alone = rows.filter((row) => row.sole_milli > 0);
    if (!rows.length) return LC.t('sole_none', words);
    if (!alone.length) return LC.t('sole_nobody', words);
    return LC.t('sole_sentence', {
      ...words,
      n: LC.integer(alone.length),
      of: LC.integer(rows.length),
      people: LC.amountText(LC.gaps.sum(alone, 'sole_milli'), PEOPLE),
      name: alone[0].place,
      most: LC.amountText(alone[0].sole_milli, PEOPLE),
    });
  }

  /** Choose a facility and the grid it stands in. */
  function choose(row) {
    LC.act({ src: row.id, s: null });
    const map = LC.map && LC.map.get();
    if (map && !map.getBounds().contains([row.lat, row.lon])) map.panTo([row.lat, row.lon]);
  }

  function bar(row, most) {
    const width = (part) => ({ width: (100 * part) / most + '%' });
    return LC.h(
      'span',
      { class: 'gaps-minutes', 'aria-hidden': 'true' },
      LC.h('i', { class: 'is-missing', style: width(row.sole_milli) }),
      LC.h('i', { class: 'is-reached', style: width(row.served_milli - row.sole_milli) })
    );
  }

  const mostOf = (app) => Math.max(1, ...rowsOf(app).map((row) => row.served_milli));

  const spec = {
    list: 'sole',
    unit: 'sole_unit',
    rowsText: 'sole_rows',
    columns: 'rank place street sole served both ratio'.split(' '),
    numbers: ['rank', 'sole', 'served', 'ratio'],
    cells: {
      rank: (app, row, rank) => LC.integer(rank),
      place: (app, row) => LC.gaps.rowButton(spec, row),
      street: (app, row) => row.street || LC.NONE,
      sole: (app, row) => LC.h('b', null, LC.amountCell(row.sole_milli, PEOPLE)),
      served: (app, row) => LC.amountCell(row.served_milli, PEOPLE),
      both: (app, row) => bar(row, mostOf(app)),
      ratio: (app, row) => (known(row.ratio) ? (row.ratio * 1000).toFixed(1) : LC.NONE),
    },
    headText: (app, name) => LC.t('sole_col_' + name),
    rows: rowsOf,
    entry: entryOf,
    empty: (app) => sentence(app).replace(/\*\*/g, ''),
    choose,
    isOn: (app, row) => app.state.src === row.id,
  };

  function detail(app) {
    const row = chosenOf(app);
    if (!row) {
      return [LC.h('p', { class: 'empty' }, LC.t('sole_hint')), LC.gaps.fairness(app)];
    }
    const terms = [
      ['sole_col_sole', LC.amountText(row.sole_milli, PEOPLE)],
      ['sole_col_served', LC.amountText(row.served_milli, PEOPLE)],
      ['sole_share', LC.share(row.sole_milli, row.served_milli)],
      ['sole_col_ratio', known(row.ratio) ? (row.ratio * 1000).toFixed(1) : LC.NONE],
    ];
    return [
      LC.h(
        'div',
        { class: 'detail-path' },
        LC.h('span', null, row.street || ''),
        LC.closeCard({ src: null })
      ),
      LC.h('h2', { class: 'detail-name' }, row.place),
      LC.h(
        'div',
        { class: 'figures' },
        terms.map(([key, text]) =>
          LC.h(
            'div',
            { class: 'figure' },
            LC.h('div', { class: 'figure-label' }, LC.t(key)),
            LC.h('div', { class: 'figure-value' }, text)
          ))
      ),
      LC.h('p', { class: 'reason' }, LC.t('sole_reason', {
        n: LC.amountText(row.sole_milli, PEOPLE),
      })),
    ];
  }

  function scene(app) {
    const shown = LC.gaps.scene(app);
    const row = chosenOf(app);
    const ways = row ? { lines: [], start: null, sites: [], chosen: row } : null;
    return shown && { ...shown, keep: () => null, ways };
  }

  LC.gaps.sole = {
    spec,
    head: () => LC.h('p', { class: 'note' }, LC.t('sole_note')),
    sentence,
    mapHead: (app) => [
      LC.h('h2', null, LC.t('sole_map', LC.wordsOf(app))),
      LC.h('span', { class: 'note' }, LC.t('sole_map_note')),
    ],
    legend: (app) => LC.gaps.legend(app),
    detail,
    draw: (container, app) => LC.gaps.drawPlain(container, app, spec),
    map: scene,
  };
})();
