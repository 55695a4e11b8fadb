/**
 * Step 2 of the operator's page: which column is what, unknown categories, doubtful coordinates,
 * and the text of city.toml.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;
  const NONE = 'none';
  const chosen = {};

  const settingsPath = () => '/inbox/' + op.now.set.id + '/settings';

  /**
   * Save edits or the whole text of city.toml; text that was typed in and not saved goes first, so
   * that no edit undoes it. Resolves to whether all was taken.
   */
  async function save(body) {
    const isTyped = op.draft !== null && op.draft !== op.now.set.toml;
    if (body.edits && isTyped && !(await op.post(settingsPath(), { text: op.draft }))) return false;
    const said = await op.post(settingsPath(), body, () => {
      op.draft = null;
      op.saved = (op.saved || 0) + 1;
    });
    return said !== null;
  }
  op.saveSettings = save;

  const edit = (source, key, value) => ({
    section: source.section, number: source.number, key, value,
  });

  function headerPicker(source, column) {
    const headers = (column.header ? [column.header] : []).concat(source.others);
    const canChange = /^(grids|demand|facilities|units|communities|ledgers)$/.test(source.section);
    if (!canChange || headers.length + (column.header ? 0 : 1) < 2) {
      return column.header || op.t('not_there');
    }
    const key = column.name === 'category' ? 'category_column' : column.key || column.name;
    // A column of a template is mapped; a line of one column names its header.
    const said = (header) => (header && column.key ? { [column.name]: header } : header || null);
    return h(
      'select',
      {
        'aria-label': op.or('field ' + column.name, column.name) + ' ' + source.path,
        'data-key': 'column-' + source.path + '-' + column.name,
        on: {
          change: (event) => save({ edits: [edit(source, key, said(event.target.value))] }),
        },
      },
      column.header
        ? null
        : h('option', { value: '', disabled: Boolean(column.key) }, op.t('not_there')),
      headers.map((name) => h('option', { value: name, selected: name === column.header }, name))
    );
  }

  function columnRow(source, column) {
    const how = column.header
      ? op.t(column.declared ? 'found_declared' : 'found_usual')
      : '';
    return h(
      'tr',
      { class: column.header ? '' : 'is-absent' },
      h('td', null, op.or('field ' + column.name, column.name), ' ',
        h('code', null, column.name)),
      h('td', null, headerPicker(source, column)),
      h('td', { class: 'op-note' }, how)
    );
  }

  function sourceCard(source) {
    const facts = [
      op.t('rows', { n: op.number(source.rows_in) }),
      source.crs ? op.t('crs') + ' ' + source.crs : null,
      op.t('encoding') + ' ' + source.encoding,
    ].filter(Boolean);
    const found = source.columns.filter((column) => column.header).length;
    return h(
      'details',
      { class: 'op-source', 'data-source': source.path },
      h('summary', null, h('strong', null, source.path), ' ',
        h('span', { class: 'op-note' }, op.join(facts))),
      found
        ? op.table(
          [[op.t('field')], [op.t('header')], ['']],
          source.columns.map((column) => columnRow(source, column)),
          'columns-' + source.path
        )
        : null,
      source.others.length
        ? h('p', { class: 'op-note' }, op.t('others', { names: op.join(source.others) }))
        : null,
      source.note ? h('p', { class: 'op-note' }, source.note) : null
    );
  }

  const keyOf = (row) => [op.now.set.id, row.section, row.number, row.value].join('|');

  /** Give what a word is to mean: as chosen here, else as the program guesses, shown as that. */
  const codeOf = (row) => {
    const own = chosen[keyOf(row)];
    return own === undefined ? row.guess || '' : own;
  };

  function categoryPicker(row) {
    return h(
      'select',
      {
        'aria-label': op.t('means') + ' ' + row.value,
        'data-key': 'map-' + keyOf(row),
        'data-word': row.value,
        on: {
          change: (event) => {
            chosen[keyOf(row)] = event.target.value;
          },
        },
      },
      h('option', { value: '' }, op.t('choose')),
      h('option', { value: NONE, selected: codeOf(row) === NONE }, op.t('set_aside')),
      op.choices.map((one) => h(
        'option',
        { value: one.code, selected: codeOf(row) === one.code },
        (row.guess === one.code ? op.t('guessed') : '') + one[op.lang()] + ' ' + one.code
      ))
    );
  }

  async function saveMap(rows) {
    const maps = {};
    rows.forEach((row) => {
      const code = codeOf(row);
      if (!code) return;
      const at = row.section + '|' + row.number;
      maps[at] = maps[at] || edit(row, 'category_map', {});
      maps[at].value[row.value] = code;
    });
    const edits = Object.values(maps);
    if (edits.length && (await save({ edits }))) op.job('check');
  }

  function unmapped() {
    const rows = op.report.unmapped;
    if (!rows.length) return null;
    return h(
      'section',
      { class: 'op-card', id: 'op-unmapped' },
      h('h3', null, op.t('unmapped')),
      h('p', { class: 'op-note' }, op.t('unmapped_hint')),
      op.table(
        [[op.t('word')], [op.t('file')], [op.t('count'), 'number'], [op.t('means')]],
        rows.map((row) => h(
          'tr',
          null,
          h('td', null, h('strong', null, row.value)),
          h('td', null, row.path),
          h('td', { class: 'number' }, op.number(row.count)),
          h('td', null, categoryPicker(row))
        )),
        'unmapped'
      ),
      h('div', { class: 'op-actions' },
        op.button(op.t('save_check'), () => saveMap(rows),
          { main: true, key: 'save-map', disabled: op.busy() }))
    );
  }

  /** Draw what is proposed about coordinates, with the line that it would write. */
  op.proposals = () => {
    const rows = op.report.proposals.filter((row) => row.edits.length);
    if (!rows.length) return null;
    return h(
      'section',
      { class: 'op-card' },
      h('h3', null, op.t('proposals')),
      rows.map((row) => {
        const line = op.join(row.edits.map((one) => one.key + ' = "' + one.value + '"'));
        return h(
          'div',
          { class: 'op-proposal' },
          h('p', null, h('strong', null, row.path), ' ', row.message),
          op.button(op.t('accept', { line }), async () => {
            if (await save({ edits: row.edits })) op.job('check');
          }, { key: 'accept-' + row.path, main: true, disabled: op.busy() })
        );
      })
    );
  };

  function errorLine(area) {
    const error = op.report && op.report.error;
    if (!error) return null;
    const jump = () => {
      const lines = area.value.split('\n');
      const before = lines.slice(0, error.line - 1).join('\n').length + (error.line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(before, before + lines[error.line - 1].length);
      area.scrollTop = Math.max(0, (error.line - 4) * 20);
    };
    return h(
      'div',
      { class: 'op-notice is-bad', id: 'op-settings-error' },
      h('p', null, error.line ? h('strong', null, op.t('settings_error', error), ' ') : null,
        error.message),
      error.line ? op.button(op.t('go_line'), jump, { small: true, key: 'go-line' }) : null
    );
  }

  function settings() {
    const text = op.draft === null ? op.now.set.toml || '' : op.draft;
    const area = h('textarea', {
      id: 'op-settings',
      spellcheck: 'false',
      wrap: 'off',
      rows: 18,
      'aria-label': op.t('settings'),
      'data-key': 'settings',
      'data-scroll': 'settings',
      on: {
        input: (event) => {
          op.draft = event.target.value;
          const state = document.getElementById('op-unsaved');
          if (state) state.hidden = op.draft === op.now.set.toml;
        },
      },
    });
    area.value = text;
    const run = async (then) => {
      if (await save({ text: area.value })) if (then) op.job('check');
    };
    return h(
      'section',
      { class: 'op-card' },
      h('h3', null, op.t('settings')),
      errorLine(area),
      h('p', { class: 'op-note' }, op.t('settings_hint')),
      area,
      h(
        'div',
        { class: 'op-actions' },
        h('span', { id: 'op-unsaved', class: 'op-note', hidden: text === (op.now.set.toml || '') },
          op.t('unsaved')),
        op.button(op.t('save'), () => run(false), { key: 'save-toml' }),
        op.button(op.t('save_check'), () => run(true),
          { main: true, key: 'save-check-toml', disabled: op.busy() })
      )
    );
  }

  op.drawStep[2] = () => {
    const { report } = op;
    return [
      report ? unmapped() : h('p', { class: 'op-note' }, op.t('fields_first')),
      report ? op.proposals() : null,
      report ? report.sources.map(sourceCard) : null,
      settings(),
    ];
  };
})();
