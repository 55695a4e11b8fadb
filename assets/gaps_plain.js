/**
 * A ranked list without causes: rows of one answer, paged, each chosen by click or by the arrows.
 * What is in the rows is said by whoever shows it.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const paging = { key: '', at: 0, size: LC.gaps.SIZES[1] };

  const cellClass = (spec, name) =>
    'gaps-' + name + (spec.numbers.includes(name) ? ' is-number' : '');

  /** Give the button that chooses a row. */
  LC.gaps.rowButton = (spec, row) =>
    LC.h(
      'button',
      {
        type: 'button',
        class: 'gaps-place',
        'data-key': 'row-' + row.id,
        on: { click: () => spec.choose(row) },
      },
      row.place
    );

  function rowNode(app, spec, row, rank) {
    const isOn = spec.isOn(app, row);
    return LC.h(
      'tr',
      {
        class: isOn ? 'is-on' : '',
        'aria-selected': String(isOn),
        on: {
          click: (event) => event.target.closest('button') || spec.choose(row),
          mouseenter: () => row.i !== undefined && LC.map && LC.map.hover(row.i),
          mouseleave: () => LC.map && LC.map.hover(-1),
        },
      },
      spec.columns.map((name) =>
        LC.h('td', { class: cellClass(spec, name) }, spec.cells[name](app, row, rank)))
    );
  }

  /** Choose the row `by` steps after the chosen one. */
  LC.gaps.stepIn = (app, spec, by) => {
    const rows = spec.rows(app) || [];
    if (!rows.length) return;
    const at = rows.findIndex((row) => spec.isOn(app, row));
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
    LC.gaps.isByKeys = Boolean(document.activeElement.closest('.gaps-table'));
    spec.choose(rows[Math.max(0, Math.min(rows.length - 1, next))]);
  };

  function keys(event, spec) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    LC.gaps.stepIn(LC.app, spec, by);
  }

  function table(app, spec, rows, from) {
    return LC.h(
      'table',
      { class: 'table gaps-table' },
      LC.h(
        'thead',
        null,
        LC.h(
          'tr',
          null,
          spec.columns.map((name) =>
            LC.h('th', { scope: 'col', class: cellClass(spec, name) }, spec.headText(app, name)))
        )
      ),
      LC.h(
        'tbody',
        { on: { keydown: (event) => keys(event, spec) } },
        rows.map((row, k) => rowNode(app, spec, row, from + k + 1))
      )
    );
  }

  function fileAddress(app, spec) {
    const query = { ...LC.gaps.question(app), list: spec.list, lang: LC.lang() };
    if (app.view.month) query.d = app.view.month;
    return LC.address('/download/underserved.{format}?') + new URLSearchParams(query);
  }

  function foot(app, spec, rows) {
    return LC.workFoot({
      at: paging.at,
      size: paging.size,
      sizes: LC.gaps.SIZES,
      total: rows.length,
      rows: spec.rowsText,
      unit: LC.t(spec.unit),
      turn: (by) => {
        paging.at += by;
        LC.redraw('work');
      },
      resize: (size) => {
        Object.assign(paging, { size, at: 0 });
        LC.redraw('work');
      },
      files: fileAddress(app, spec),
    });
  }

  let shown = '';
  /** Turn to the page of the chosen row where another was chosen, and say whether it was. */
  function turnTo(app, spec, rows) {
    const key = [spec.list, JSON.stringify(LC.gaps.question(app))].join('|');
    if (paging.key !== key) Object.assign(paging, { key, at: 0 });
    const at = rows.findIndex((row) => spec.isOn(app, row));
    const now = at < 0 ? '' : key + rows[at].id;
    const isNews = now !== shown;
    if (isNews && at >= 0) paging.at = Math.floor(at / paging.size);
    shown = now;
    return isNews;
  }

  /**
   * Draw a list.
   * @param {Object} spec `list, unit, rowsText, columns, numbers, cells, headText(app, name),
   *   rows(app), entry(app), empty(app), choose(row), isOn(app, row)`; rows have `id` and `place`.
   */
  LC.gaps.drawPlain = (container, app, spec) => {
    const entry = spec.entry(app);
    const rows = spec.rows(app);
    if (!rows) {
      LC.replace(container, LC.waiting(entry));
      return;
    }
    if (!rows.length) {
      LC.replace(container, LC.h('div', { class: 'work-empty' }, LC.h('p', null, spec.empty(app))));
      return;
    }
    const isNews = turnTo(app, spec, rows);
    const from = Math.min(paging.at * paging.size, rows.length - 1);
    const before = container.querySelector('.work-scroll');
    const top = before ? before.scrollTop : 0;
    const page = rows.slice(from, from + paging.size);
    const scroll = LC.h('div', { class: 'work-scroll is-first' }, table(app, spec, page, from));
    LC.replace(container, scroll, LC.h('div', { class: 'work-foot' }, foot(app, spec, rows)));
    scroll.scrollTop = top;
    const chosen = scroll.querySelector('tr.is-on');
    if (chosen && isNews) chosen.scrollIntoView({ block: 'nearest' });
    if (chosen && LC.gaps.isByKeys) chosen.querySelector('button').focus({ preventScroll: true });
    LC.gaps.isByKeys = false;
  };
})();
