/**
 * The matrix of places by rules: packs above, rules in columns with their counts, places in rows
 * under the area that holds them. A cell says its verdict in words and opens its calculation.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const GLYPHS = { pass: '✓', fail: '✗', borderline: '≈', not_assessable: '–' };

  function packRow(found) {
    if (found.chosen.length < 2) return null;
    return LC.h(
      'tr',
      { class: 'rules-packs' },
      LC.h('td', { class: 'std-place' }),
      LC.h('td', { colspan: found.chosen.length }),
      found.chosen.map((code) => {
        const own = found.columns.filter((one) => one.pack === code);
        return own.length
          ? LC.h(
            'th',
            { scope: 'colgroup', colspan: own.length },
            LC.h('span', null, LC.nameOf(LC.rules.pack(found, code)))
          )
          : null;
      })
    );
  }

  const isFirst = (found, k) => k > 0 && found.columns[k - 1].pack !== found.columns[k].pack;
  const classOf = (found, one, k) =>
    'rules-cell' + (one.pack + ':' + one.key === found.by ? ' is-by' : '') +
    (isFirst(found, k) ? ' is-other' : '');

  function columnHead(found, one, k) {
    const isBy = one.pack + ':' + one.key === found.by;
    return LC.h(
      'th',
      { scope: 'col', class: classOf(found, one, k) },
      LC.h(
        'button',
        {
          type: 'button',
          class: 'rules-head',
          'data-key': 'rule-' + one.pack + '-' + one.key,
          'aria-pressed': String(isBy),
          title: LC.t('rules_choose', { name: LC.rules.title(one) }),
          on: {
            click: () => LC.act({ ru: one.pack + ':' + one.key, at: null, f: null, s: null }),
          },
        },
        LC.h('b', null, LC.rules.ids(one)),
        LC.h('span', { class: 'rules-title' }, LC.rules.title(one))
      ),
      LC.h('span', { class: 'note rules-count' }, LC.rules.count(one))
    );
  }

  /** Scroll sideways until a column stands beside the names. */
  LC.rules.reveal = (scroll, k) => {
    const heads = scroll.querySelectorAll('thead tr:last-child .rules-cell');
    const corner = scroll.querySelector('thead tr:last-child .std-place');
    if (heads[k]) scroll.scrollLeft = heads[k].offsetLeft - corner.offsetWidth;
  };

  /** Head the count of what is met: with it two packs compare at a glance. */
  function metHead(found, code) {
    const pack = LC.nameOf(LC.rules.pack(found, code));
    return LC.h(
      'th',
      { scope: 'col', class: 'rules-met' },
      LC.h(
        'button',
        {
          type: 'button',
          class: 'rules-head',
          'data-key': 'met-' + code,
          title: LC.t('rules_met_title', { pack }),
          on: {
            click: (event) => {
              const first = found.columns.findIndex((one) => one.pack === code);
              LC.rules.reveal(event.currentTarget.closest('.work-scroll'), first);
            },
          },
        },
        LC.h('span', { class: 'rules-title' }, found.chosen.length > 1 ? pack : null),
        LC.h('span', { class: 'note' }, LC.t('rules_met_head'))
      )
    );
  }

  /** Say a cell as a screen reader hears it. */
  function spoken(row, one, cell) {
    const gap = LC.rules.gap(cell.gap, one.unit);
    const state = LC.t('rules_is_' + cell.state) +
      (gap ? ' ' + LC.t('rules_short', { gap }) : '');
    return LC.t('rules_cell', { place: row.name, rule: cell.rule, state });
  }

  function shownIn(cell, one) {
    if (cell.state === 'exempt') return LC.t('rules_is_exempt');
    if (cell.state === 'reference') return LC.rules.number(cell.value, one.unit);
    const gap = LC.rules.gap(cell.gap, one.unit);
    return [
      LC.h('span', { class: 'rules-glyph' }, GLYPHS[cell.state]),
      gap ? LC.h('span', { class: 'rules-gap' }, gap) : null,
    ];
  }

  function cellOf(found, row, k, open) {
    const one = found.columns[k];
    const cell = row.cells[k];
    const kind = classOf(found, one, k);
    if (!cell) {
      return LC.h(
        'td',
        { class: kind + ' rules-none', title: LC.t('rules_is_none') },
        LC.h('span', { 'aria-hidden': 'true' }, '·'),
        LC.h('span', { class: 'rules-unseen' }, LC.t('rules_is_none'))
      );
    }
    const name = one.pack + ':' + one.key;
    const isOpen = row.id === open && name === found.by;
    return LC.h(
      'td',
      { class: kind },
      LC.h(
        'button',
        {
          type: 'button',
          class: 'rules-button is-' + cell.state + (isOpen ? ' is-open' : ''),
          'data-key': 'cell-' + name + '-' + row.id,
          'data-at': row.i + ' ' + k,
          'aria-label': spoken(row, one, cell),
          'aria-pressed': String(isOpen),
          on: {
            click: () => LC.act({ ru: name, at: isOpen ? null : row.id, s: null }),
            keydown: move,
          },
        },
        shownIn(cell, one)
      )
    );
  }

  /** Arrow keys go from cell to cell, over those that no rule speaks of. */
  function move(event) {
    const by = {
      ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
    }[event.key];
    if (!by) return;
    event.preventDefault();
    const row = event.currentTarget.closest('tr');
    const rows = Array.from(row.parentNode.querySelectorAll('tr.rules-row'));
    let at = rows.indexOf(row);
    let k = event.currentTarget.closest('td').cellIndex;
    for (;;) {
      at += by[0];
      k += by[1];
      const cell = rows[at] && rows[at].cells[k];
      if (!cell) return;
      const button = cell.querySelector('button.rules-button');
      if (button) {
        button.focus();
        return;
      }
    }
  }

  function rowOf(found, row, open) {
    const first = found.columns[0];
    const chosen = LC.rules.by(found) || first;
    return LC.h(
      'tr',
      {
        class: 'rules-row' + (row.id === open ? ' is-on' : ''),
        'data-unit': row.i,
        on: {
          mouseenter: () => LC.map.hover(row.i),
          mouseleave: () => LC.map.hover(LC.rules.outlined(found)),
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
            on: {
              click: () => LC.act({ ru: chosen.pack + ':' + chosen.key, at: row.id, s: null }),
            },
          },
          row.name
        )
      ),
      row.met.map(([met, judged]) =>
        LC.h('td', { class: 'rules-met' }, judged ? met + '/' + judged : LC.NONE)),
      found.columns.map((_, k) => cellOf(found, row, k, open))
    );
  }

  function groupRow(found, name) {
    return LC.h(
      'tr',
      { class: 'rules-group' },
      LC.h('th', { scope: 'rowgroup', class: 'std-place' }, name),
      LC.h('td', { colspan: found.chosen.length + found.columns.length })
    );
  }

  function body(app, found) {
    const open = LC.rules.openAt(app, found);
    const isGrouped = !app.state.o;
    return found.rows.flatMap((row, k) => {
      const before = found.rows[k - 1];
      const isNew = isGrouped && row.parent && (!before || before.parent !== row.parent);
      return [isNew ? groupRow(found, row.parent) : null, rowOf(found, row, open)];
    });
  }

  /** Give the number of the open place among those on the map, -1 where none is. */
  LC.rules.outlined = (found) => {
    const open = LC.rules.openAt(LC.app, found);
    const row = found.rows.find((one) => one.id === open);
    return row && LC.rules.onMap(LC.app) ? row.i : -1;
  };

  /** Give the table of the page of rows that has come. */
  LC.rules.matrix = (app, found) => {
    const heads = found.columns.map((one, k) => columnHead(found, one, k));
    const met = found.chosen.map((code) => metHead(found, code));
    const corner = LC.h('th', { scope: 'col', class: 'std-place' }, LC.rules.place(found.level));
    return LC.h(
      'table',
      { class: 'table rules-table' + (found.chosen.length > 1 ? ' has-packs' : '') },
      LC.h('thead', null, packRow(found), LC.h('tr', null, corner, met, heads)),
      LC.h('tbody', null, body(app, found))
    );
  };
})();
