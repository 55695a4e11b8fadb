/**
 * The rows of a list of underserved grids: chosen by click, arrows or the map; ticked for a copy.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const COLUMNS = {
    far: 'tick rank place street gap share bar over lack cause advice grade'.split(' '),
    short: 'tick rank place street whole supply cause advice grade'.split(' '),
  };
  const NUMBERS = ['rank', 'gap', 'share', 'over', 'lack', 'whole', 'supply'];
  const SCALE = 2; // the bar ends at twice the limit, so the limit stands in its middle

  /** Write the share of a row; what is not whole is never written as 0 % or 100 %. */
  const shareOf = (row) => LC.share(row.part, row.whole);

  function barCell(app, row) {
    const { limit_dm } = LC.gaps.entry(app).value.summary;
    const isNone = row.dm === null;
    const end = isNone ? SCALE : Math.min(SCALE, row.dm / limit_dm);
    const width = (part) => ({ width: (100 * part) / SCALE + '%' });
    return LC.h(
      'span',
      { class: 'gaps-minutes' + (isNone ? ' is-none' : ''), 'aria-hidden': 'true' },
      isNone ? null : LC.h('i', { class: 'is-reached', style: width(Math.min(1, end)) }),
      end > 1 && !isNone ? LC.h('i', { class: 'is-missing', style: width(end - 1) }) : null,
      LC.h('em')
    );
  }

  function lackText(app, row) {
    const { categories } = LC.gaps.entry(app).value;
    const names = row.missing.map((idx) => LC.nameOf(categories[idx]));
    return LC.h('span', { title: LC.list(names) }, LC.integer(row.missing.length));
  }

  function supplyText(row) {
    if (row.access === null) {
      return LC.t('gaps_floor', {
        n: LC.integer(row.floor_dm2 / 100),
        least: LC.integer(row.floor_min_dm2 / 100),
      });
    }
    return LC.t('gaps_supply', {
      n: (row.access * 1000).toFixed(1),
      least: (row.wanted * 1000).toFixed(1),
    });
  }

  const mark = (row, isOn) => {
    if (isOn) LC.gaps.chosen.add(row.id);
    else LC.gaps.chosen.delete(row.id);
    LC.redraw('work');
  };

  function tick(row) {
    return LC.h('input', {
      type: 'checkbox',
      'data-key': 'tick-' + row.id,
      'aria-label': LC.t('gaps_tick', { name: row.place }),
      checked: LC.gaps.chosen.has(row.id),
      on: { change: (event) => mark(row, event.currentTarget.checked) },
    });
  }

  function placeCell(row) {
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'gaps-place',
        'data-key': 'gap-' + row.id,
        on: { click: () => LC.act({ s: row.id }) },
      },
      row.place
    );
  }

  const CELLS = {
    tick: (app, row) => tick(row),
    rank: (app, row, rank) => LC.integer(rank),
    place: (app, row) => placeCell(row),
    street: (app, row) => row.streetName || LC.NONE,
    gap: (app, row) => LC.h('b', null, LC.amountCell(row.gap, app.view.basis)),
    whole: (app, row) => LC.h('b', null, LC.amountCell(row.whole, app.view.basis)),
    share: (app, row) => shareOf(row),
    bar: (app, row) => barCell(app, row),
    over: (app, row) =>
      (row.dm === null ? LC.t('gaps_no_way') : LC.minutesOf(row.dm, LC.metresPerMinute(app.view))),
    lack: (app, row) => lackText(app, row),
    supply: (app, row) => supplyText(row),
    cause: (app, row) => LC.t('cause_' + row.cause),
    advice: (app, row) => LC.t('advice_' + row.cause),
    grade: (app, row) => row.reliability || LC.NONE,
  };

  function headText(app, name) {
    if (name === 'gap') return LC.t('short_gap_' + app.view.basis);
    if (name === 'bar') return LC.t('gaps_col_bar', { m: Number(app.state.m) || 15 });
    return LC.t('gaps_col_' + name);
  }

  /** Tick all rows that are shown, or none of them. */
  function tickAll(rows) {
    const isAll = rows.every((row) => LC.gaps.chosen.has(row.id));
    return LC.h('input', {
      type: 'checkbox',
      'data-key': 'tick-all',
      'aria-label': LC.t('gaps_tick_all'),
      checked: rows.length > 0 && isAll,
      on: {
        change: () => {
          rows.forEach((row) =>
            (isAll ? LC.gaps.chosen.delete(row.id) : LC.gaps.chosen.add(row.id)));
          LC.redraw('work');
        },
      },
    });
  }

  function headOf(app, name, rows) {
    const order = LC.gaps.orderOf(app, LC.gaps.entry(app).value);
    const kind = NUMBERS.includes(name) ? ' is-number' : '';
    const props = { scope: 'col', class: 'gaps-' + name + kind };
    if (name === 'tick') return LC.h('td', props, tickAll(rows));
    const isOn = order === name;
    return LC.h(
      'th',
      { ...props, 'aria-sort': isOn ? 'descending' : null },
      headText(app, name),
      isOn ? ' ↓' : ''
    );
  }

  function rowNode(app, row, rank, columns) {
    const isOn = app.state.s === row.id;
    return LC.h(
      'tr',
      {
        class: isOn ? 'is-on' : '',
        'data-unit': row.i,
        'aria-selected': String(isOn),
        on: {
          click: (event) => event.target.closest('button, input') || LC.act({ s: row.id }),
          mouseenter: () => LC.map && LC.map.hover(row.i),
          mouseleave: () => LC.map && LC.map.hover(-1),
        },
      },
      columns.map((name) =>
        LC.h(
          'td',
          { class: 'gaps-' + name + (NUMBERS.includes(name) ? ' is-number' : '') },
          CELLS[name](app, row, rank)
        ))
    );
  }

  /** Give the table of the rows of one page. */
  function table(app, rows, from) {
    const columns = COLUMNS[LC.gaps.listOf(app)];
    return LC.h(
      'table',
      { class: 'table gaps-table' },
      LC.h(
        'thead',
        null,
        LC.h('tr', null, columns.map((name) => headOf(app, name, rows)))
      ),
      LC.h(
        'tbody',
        { on: { keydown: (event) => keys(event) } },
        rows.map((row, k) => rowNode(app, row, from + k + 1, columns))
      )
    );
  }

  /** Up and down choose the next row; the focus goes along. */
  function keys(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.target.matches('input')) return;
    event.preventDefault();
    LC.gaps.step(LC.app, by);
  }

  function empty(app) {
    const isNarrow = app.state.f || app.state.q;
    return LC.h(
      'div',
      { class: 'work-empty' },
      LC.h(
        'p',
        null,
        LC.t(isNarrow ? 'gaps_none_left' : 'gaps_none_' + LC.gaps.listOf(app), LC.wordsOf(app))
      ),
      isNarrow
        ? LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'clear',
            on: { click: () => LC.act({ f: null, q: null }) },
          },
          LC.t('std_clear')
        )
        : null
    );
  }

  /** Turn to the page that holds the chosen row when another was chosen, on the map or by keys. */
  let shown = '';
  function turnTo(app, rows) {
    const { paging } = LC.gaps;
    const at = app.state.s && shown !== app.state.s
      ? rows.findIndex((row) => row.id === app.state.s)
      : -1;
    if (at >= 0) paging.at = Math.floor(at / paging.size);
    const isNews = shown !== (app.state.s || '');
    shown = app.state.s || '';
    return isNews;
  }

  /** Draw the list that is open into its container. */
  LC.gaps.draw = (container, app) => {
    const entry = LC.gaps.entry(app);
    container.setAttribute('aria-busy', String(!entry.value && !entry.isFailed));
    if (!entry.value) {
      const isKept = container.querySelector('.gaps-table') && !entry.isFailed;
      if (!isKept) LC.replace(container, LC.waiting(entry));
      return;
    }
    const rows = LC.gaps.rows(app, entry.value);
    if (!rows.length) {
      LC.replace(container, empty(app));
      return;
    }
    const isNews = turnTo(app, rows);
    const { paging } = LC.gaps;
    const from = Math.min(paging.at * paging.size, rows.length - 1);
    const before = container.querySelector('.work-scroll');
    const top = before ? before.scrollTop : 0;
    const page = rows.slice(from, from + paging.size);
    const scroll = LC.h('div', { class: 'work-scroll is-first' }, table(app, page, from));
    LC.replace(container, scroll, LC.h('div', { class: 'work-foot' }, LC.gaps.foot(app, rows)));
    scroll.scrollTop = top;
    const chosen = scroll.querySelector('tr.is-on');
    if (chosen && isNews) chosen.scrollIntoView({ block: 'nearest' });
    if (chosen && LC.gaps.isByKeys) chosen.querySelector('button').focus({ preventScroll: true });
    LC.gaps.isByKeys = false;
  };
})();
