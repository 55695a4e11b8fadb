/**
 * The foot of a list of underserved grids: what is ticked, which rows, copy, files.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  const ticked = (app, rows) => rows.filter((row) => LC.gaps.chosen.has(row.id));

  /** Copy what is ticked, else the whole list, as text that a spreadsheet takes in columns. */
  function copy(app, rows) {
    const own = ticked(app, rows);
    const amount = LC.gaps.listOf(app) === 'short' ? 'whole' : 'gap';
    const head = ['place', 'street', amount, 'cause', 'advice'].map((name) =>
      (name === 'gap' ? LC.t('short_gap_' + app.view.basis) : LC.t('gaps_col_' + name)));
    const lines = (own.length ? own : rows).map((row) => [
      row.place,
      row.streetName,
      LC.amountCell(row[amount], app.view.basis).replace(/,/g, ''),
      LC.t('cause_' + row.cause),
      LC.t('advice_' + row.cause),
    ]);
    LC.copyText([head, ...lines].map((line) => line.join('\t')).join('\n'));
  }

  /** Say how many grids are ticked, and how much they come to. */
  function summary(app, rows) {
    const own = ticked(app, rows);
    const key = LC.gaps.listOf(app) === 'short' ? 'whole' : 'gap';
    const amount = (list) => LC.amountText(LC.gaps.sum(list, key), app.view.basis);
    const text = own.length
      ? LC.t('gaps_ticked', { n: LC.integer(own.length), amount: amount(own) })
      : LC.t('gaps_sum_' + key, { n: LC.integer(rows.length), amount: amount(rows) });
    return LC.h('b', { class: 'gaps-ticked', role: 'status' }, text);
  }

  /** Give the address of the file of what is shown; `{format}` stands for its kind. */
  function fileAddress(app) {
    const query = { ...LC.gaps.question(app), list: LC.gaps.listOf(app), lang: LC.lang() };
    ['f', 'o', 'q'].forEach((key) => app.state[key] && (query[key] = app.state[key]));
    if (app.view.month) query.d = app.view.month;
    return LC.address('/download/underserved.{format}?') + new URLSearchParams(query);
  }

  /** Give the foot for the rows that filter and search leave. */
  LC.gaps.foot = (app, rows) => {
    const { paging, SIZES } = LC.gaps;
    return [
      summary(app, rows),
      LC.workFoot({
        at: paging.at,
        size: paging.size,
        sizes: SIZES,
        total: rows.length,
        unit: LC.t('unit_grid'),
        turn: (by) => {
          paging.at += by;
          LC.redraw('work');
        },
        resize: (size) => {
          Object.assign(paging, { size, at: 0 });
          LC.redraw('work');
        },
        files: fileAddress(app),
      }),
      LC.h(
        'button',
        {
          type: 'button',
          class: 'work-button',
          'data-key': 'gaps-copy',
          on: { click: () => copy(app, rows) },
        },
        LC.t('gaps_copy')
      ),
    ];
  };
})();
