/**
 * Step 3 of the operator's page: every kind of fault in one line, its rows, and where they are.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;
  const svg = LC.svg;
  const SEVERITIES = ['blocking', 'warning', 'note'];
  const MARKS = { blocking: '✗', warning: '△', note: '–' };
  const WIDE = 400;
  const EDGE = 6;

  const wordsOf = (group) => {
    const known = op.issues[op.lang()] && op.issues[op.lang()][group.code];
    return known || { title: group.code, action: group.action || '', undo: '' };
  };

  /** Say a row as it was read: `header cell` pairs, empty cells left out. */
  function cells(text) {
    try {
      const row = JSON.parse(text);
      if (row && typeof row === 'object') {
        return Object.keys(row).filter((key) => row[key]).map((key) =>
          h('span', { class: 'op-cell' }, h('i', null, op.or('field ' + key, key)), ' ', row[key]));
      }
    } catch (error) {
      // no JSON: the sample is a sentence
    }
    return text || '';
  }

  function sampleLine(sample) {
    return h(
      'li',
      null,
      sample.row === null ? null : h('strong', { class: 'op-row' }, op.t('row', { n: sample.row })),
      ' ',
      h('span', null, cells(sample.content || sample.text))
    );
  }

  function shareText(share) {
    if (share === null || share === undefined) return '–';
    const percent = share * 100;
    return (percent > 0 && percent < 0.1 ? '< 0.1' : percent.toFixed(1)) + ' %';
  }

  function choose(at) {
    op.filter.group = op.filter.group === at ? -1 : at;
    op.draw();
  }

  function groupRows(group, at) {
    const said = wordsOf(group);
    const isOn = op.filter.group === at;
    return [
      h(
        'tr',
        { class: 'op-group' + (isOn ? ' is-on' : ''), 'data-code': group.code },
        h('td', null, h('span', { class: 'op-chip op-' + group.severity },
          MARKS[group.severity] + ' ' + op.t('sev_' + group.severity))),
        h('td', null, h(
          'button',
          {
            type: 'button',
            class: 'op-link',
            'aria-pressed': String(isOn),
            'data-key': 'group-' + at,
            on: { click: () => choose(at) },
          },
          said.title
        ), ' ', h('code', null, group.code)),
        h('td', null, group.source),
        h('td', { class: 'number' }, op.number(group.count)),
        h('td', { class: 'number' }, shareText(group.share)),
        h('td', { class: 'number' }, group.effect_grids === null ||
          group.effect_grids === undefined ? '–' : op.number(group.effect_grids))
      ),
      h('tr', { class: 'op-samples' + (isOn ? ' is-on' : '') }, h('td', { colspan: 6 },
        h('ul', null, group.samples.map(sampleLine)),
        h('p', { class: 'op-note' }, h('b', null, op.t('what_done')), ' ', said.action),
        isOn && said.undo
          ? h('p', { class: 'op-note' }, h('b', null, op.t('undo')), ' ', said.undo) : null,
        isOn && group.message
          ? h('p', { class: 'op-note' }, h('b', null, op.t('said')), ' ', group.message, ' ',
            group.action || '') : null
      )),
    ];
  }

  function severityFilter() {
    const counts = op.report.counts;
    return h(
      'div',
      { class: 'op-filter', role: 'group', 'aria-label': op.t('severity') },
      [''].concat(SEVERITIES).map((severity) => h(
        'button',
        {
          type: 'button',
          class: op.filter.severity === severity ? 'is-on' : '',
          'aria-pressed': String(op.filter.severity === severity),
          'data-key': 'severity-' + severity,
          on: {
            click: () => {
              op.filter = { severity, group: -1 };
              op.draw();
            },
          },
        },
        severity ? op.t('n_' + severity, { n: op.number(counts[severity]) }) : op.t('all')
      ))
    );
  }

  function shownMarks() {
    const group = op.report.groups[op.filter.group];
    return op.report.located.filter((mark) =>
      (!op.filter.severity || mark.severity === op.filter.severity) &&
      (!group || (mark.code === group.code && mark.source === group.source)));
  }

  /** Make the projection of the small map: degrees to its units, north up, metres alike. */
  function projection(bounds) {
    const [west, south, east, north] = bounds;
    const squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
    const scale = (WIDE - 2 * EDGE) / Math.max((east - west) * squeeze, 1e-9);
    const high = Math.min(WIDE, Math.max(160, (north - south) * scale + 2 * EDGE));
    const fit = Math.min(scale, (high - 2 * EDGE) / Math.max(north - south, 1e-9));
    const left = (WIDE - (east - west) * squeeze * fit) / 2;
    return {
      high,
      of: (lon, lat) => [left + (lon - west) * squeeze * fit, EDGE + (north - lat) * fit],
    };
  }

  function outline(project) {
    return op.report.outlines.paths.map((ring) => 'M' + ring.map(([lon, lat]) =>
      project.of(lon, lat).map((value) => value.toFixed(1)).join(' ')).join('L') + 'Z').join('');
  }

  function markOf(project, mark) {
    const [x, y] = project.of(mark.lon, mark.lat);
    const at = [
      Math.max(EDGE, Math.min(WIDE - EDGE, x)), Math.max(EDGE, Math.min(project.high - EDGE, y)),
    ];
    const isOut = at[0] !== x || at[1] !== y;
    return {
      isOut,
      node: svg(
        isOut ? 'rect' : 'circle',
        Object.assign(
          { class: 'op-mark op-mark-' + mark.severity },
          isOut ? { x: at[0] - 3, y: at[1] - 3, width: 6, height: 6 }
            : { cx: at[0], cy: at[1], r: 3.5 }
        ),
        svg('title', null, mark.code + ' ' + mark.source + ' ' +
          (mark.row === null ? '' : op.t('row', { n: mark.row })))
      ),
    };
  }

  function map() {
    const { outlines } = op.report;
    if (!outlines) return null;
    const marks = shownMarks();
    const project = projection(outlines.bounds);
    const drawn = marks.map((mark) => markOf(project, mark));
    const outside = drawn.filter((each) => each.isOut).length;
    const text = marks.length ? op.t('map_all', { n: op.number(marks.length) }) : op.t('map_none');
    return h(
      'figure',
      { class: 'op-map', id: 'op-map' },
      h('figcaption', null, h('strong', null, op.t('map')), ' ', text),
      svg(
        'svg',
        { viewBox: '0 0 ' + WIDE + ' ' + project.high.toFixed(0), role: 'img',
          'aria-label': op.t('map') + ' ' + text },
        svg('path', { class: 'op-outline', d: outline(project) }),
        drawn.map((each) => each.node)
      ),
      outside ? h('p', { class: 'op-note' }, op.t('map_outside', { n: outside })) : null
    );
  }

  function rejected() {
    const group = op.report.groups[op.filter.group];
    const all = op.report.rejected;
    const rows = group
      ? all.filter((row) => row.reason === group.code && row.source === group.source) : all;
    if (!rows.length) return null;
    return h(
      'details',
      { class: 'op-source', open: Boolean(group) },
      h('summary', null, h('strong', null, op.t('rejected')), ' ', op.number(rows.length)),
      op.table(
        [[op.t('file')], [op.t('count')], [op.t('reason')], [op.t('as_read')]],
        rows.map((row) => h('tr', null, h('td', null, row.source),
          h('td', null, op.t('row', { n: row.row })),
          h('td', null, wordsOf({ code: row.reason }).title),
          h('td', null, cells(row.content)))),
        'rejected'
      ),
      h('p', { class: 'op-note' }, op.t('rejected_cut', { n: all.length }))
    );
  }

  function table() {
    const shown = op.report.groups
      .map((group, at) => [group, at])
      .filter(([group]) => !op.filter.severity || group.severity === op.filter.severity);
    const heads = [
      [op.t('severity')], [op.t('problem')], [op.t('file')], [op.t('count'), 'number'],
      [op.t('share'), 'number'], [op.t('effect'), 'number'],
    ];
    if (!shown.length) return h('p', null, op.t('clean'));
    const table = op.table(heads, shown.map(([group, at]) => groupRows(group, at)), 'groups');
    table.classList.add('op-groups');
    return table;
  }

  op.drawStep[3] = () => {
    const { report } = op;
    const busy = op.busy();
    if (!report) {
      return [
        h('p', null, op.t('check_first')),
        op.button(op.t('do_check'), () => op.job('check'), { main: true, disabled: busy }),
      ];
    }
    const isBlocked = report.counts.blocking > 0;
    const isStale = op.now.set.is_stale;
    return [
      report.rows.in ? h('p', { class: 'op-note' }, op.t('rows_balance', {
        in: op.number(report.rows.in),
        loaded: op.number(report.rows.loaded),
        fixed: op.number(report.rows.fixed),
        quarantined: op.number(report.rows.quarantined),
      })) : null,
      severityFilter(),
      h('div', { class: 'op-two' }, h('div', null, table()), map()),
      op.proposals(),
      report.unmapped.length
        ? h('p', null, op.button(op.t('unmapped') + ' ' + report.unmapped.length, () => {
          op.step = 2;
          op.draw();
        }, { key: 'to-unmapped' }))
        : null,
      rejected(),
      h('p', { class: 'op-note' }, op.t('build_hint')),
      h(
        'div',
        { class: 'op-actions' },
        op.button(op.t('check_again'), () => op.job('check'), { disabled: busy, main: isStale }),
        op.button(op.t('do_build'), () => op.job('build'),
          { main: !isStale, disabled: busy || isBlocked || isStale })
      ),
    ];
  };
})();
