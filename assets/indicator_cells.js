/**
 * The head and the rows of the table of places by indicators: value, verdict in words, change.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  /** Say how a value changed: shares in percentage points, the rest in the unit. */
  LC.indicatorChange = (one, change) => {
    if (change === null || change === undefined) return '';
    const isShare = one.is_share && one.unit === '%';
    if (isShare && Math.abs(change) < 0.0005) return LC.t('change_none');
    const size = Math.abs(change);
    const text = isShare
      ? LC.t('points', { n: (size * 100).toFixed(1) })
      : LC.indicatorText(one, Number(size.toFixed(2)));
    return LC.change(change, text);
  };

  function cellOf(one, cell, isBy) {
    const change = LC.indicatorChange(one, cell.change);
    return LC.h(
      'td',
      { class: 'std-cell' + (isBy ? ' is-by' : '') },
      LC.h('span', { class: 'note std-' + cell.outcome }, LC.t('std_is_' + cell.outcome)),
      cell.outcome === 'none'
        ? null
        : LC.h(
          'b',
          null,
          cell.outcome === 'withheld'
            ? LC.t('ind_under', { floor: one.floor })
            : LC.indicatorText(one, cell.value)
        ),
      change ? LC.h('span', { class: 'note std-change' }, change) : null
    );
  }

  function sortOf(app, key) {
    const asked = LC.indicatorQuestion(app);
    const order = asked.o || asked.by;
    if (order.replace(/^-/, '') !== key) return 'none';
    return order.startsWith('-') ? 'descending' : 'ascending';
  }

  function turned(app, key) {
    return LC.act({ o: sortOf(app, key) === 'ascending' ? '-' + key : key });
  }

  /** What stands under the name of a column: its period, its target, or where it is kept. */
  function headNotes(one, unit) {
    const finest = one.levels[one.levels.length - 1];
    const kept = one.levels.includes(one.unit_kind) ? one.unit_kind : finest;
    const target = one.target === null
      ? LC.t('std_no_target')
      : LC.t('std_target', { target: LC.indicatorText(one, one.target) });
    const isKept = one.levels.includes(unit) || !kept;
    return [
      isKept ? LC.periodText(one.period) : LC.t('std_kept_by', { unit: LC.t('one_' + kept) }),
      target,
    ];
  }

  function headOf(app, one, isBy) {
    // The table may still be the one before: what is chosen now decides.
    const press = () => LC.standards(LC.app).one.id === one.id
      ? turned(LC.app, one.id)
      : LC.act({ i: one.id, o: null, f: null });
    const sort = sortOf(app, one.id);
    return LC.h(
      'th',
      { scope: 'col', 'aria-sort': sort, class: 'std-cell' + (isBy ? ' is-by' : '') },
      LC.h(
        'button',
        {
          type: 'button',
          class: 'std-head',
          'data-key': 'head-' + one.id,
          'aria-pressed': String(isBy),
          title: LC.t('std_choose', { name: LC.nameOf(one) }),
          on: { click: press },
        },
        LC.nameOf(one),
        sort === 'none' ? null : sort === 'ascending' ? ' ↓' : ' ↑'
      ),
      LC.h(
        'span',
        { class: 'note std-notes' },
        headNotes(one, LC.standards(app).unit).map((text, k) =>
          LC.h('span', null, text, k ? LC.indicatorInfo(one) : null))
      )
    );
  }

  function nameHead(app) {
    const sort = sortOf(app, 'name');
    return LC.h(
      'th',
      { scope: 'col', 'aria-sort': sort, class: 'std-place' },
      LC.h(
        'button',
        {
          type: 'button',
          class: 'std-head',
          'data-key': 'head-name',
          on: { click: () => turned(app, 'name') },
        },
        LC.t('std_name'),
        sort === 'none' ? null : sort === 'ascending' ? ' ↓' : ' ↑'
      )
    );
  }

  /** Tell whether a row is the place that is chosen on the map, or holds it. */
  function isChosen(app, unit, row) {
    if (unit === 'grid') return app.state.s === row.id;
    return Boolean(app.place && (app.place.path || []).some((one) => one.code === row.id));
  }

  function rowOf(app, found, row) {
    const enter = () =>
      LC.enter({ level: found.unit === 'grid' ? 'grid' : 'area', code: row.id });
    const isOn = isChosen(app, found.unit, row);
    return LC.h(
      'tr',
      {
        class: isOn ? 'is-on' : '',
        'data-unit': row.i,
        on: {
          mouseenter: () => LC.map.hover(row.i),
          mouseleave: () => LC.map.hover(-1),
          focusin: () => LC.map.hover(row.i),
          focusout: () => LC.map.hover(-1),
        },
      },
      LC.h(
        'th',
        { scope: 'row', class: 'std-place' },
        LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'row-' + row.id,
            'aria-current': isOn ? 'true' : null,
            on: { click: enter },
          },
          row.name
        ),
        row.parent && !row.name.startsWith(row.parent)
          ? LC.h('span', { class: 'note' }, ' ' + row.parent)
          : null
      ),
      found.columns.map((one, k) => cellOf(one, row.cells[k], one.id === found.by))
    );
  }

  function wholeRow(app, found) {
    return LC.h(
      'tr',
      { class: 'std-whole' },
      LC.h(
        'th',
        { scope: 'row', class: 'std-place' },
        LC.t('std_whole', { area: app.view.area.name })
      ),
      found.columns.map((one) => cellOf(one, one.whole, one.id === found.by))
    );
  }

  /**
   * Give the table of a page of rows; `clear` takes the filter away where nothing is left.
   */
  LC.indicatorCells = (app, found, clear) => {
    const empty = LC.h(
      'p',
      { class: 'empty' },
      LC.t('std_none', { unit: LC.t('one_' + found.unit) }),
      ' ',
      LC.h(
        'button',
        {
          type: 'button',
          class: 'link',
          'data-key': 'clear',
          on: { click: clear },
        },
        LC.t('std_clear')
      )
    );
    return [
      LC.h(
        'table',
        { class: 'table std-table' },
        LC.h(
          'thead',
          null,
          LC.h(
            'tr',
            null,
            nameHead(app),
            found.columns.map((one) => headOf(app, one, one.id === found.by))
          )
        ),
        LC.h(
          'tbody',
          null,
          wholeRow(app, found),
          found.rows.map((row) => rowOf(app, found, row))
        )
      ),
      found.rows.length ? null : empty,
    ];
  };
})();
