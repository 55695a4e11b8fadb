/**
 * The months up to now as a Plotly figure; a change of method breaks the line. With one month there
 * is no trend to show.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const MOST_MONTHS = 12;
  const REST_MS = 120;

  /** Split months into runs counted by one method. */
  function runsOf(months) {
    const runs = [];
    months.forEach((one) => {
      const last = runs[runs.length - 1];
      if (last && last[0].method === one.method) last.push(one);
      else runs.push([one]);
    });
    return runs;
  }

  function traces(months, m, size) {
    const blue = LC.colour('--primary');
    return runsOf(months).map((run) => ({
      type: 'scatter',
      mode: 'lines+markers',
      x: run.map((one) => one.month),
      y: run.map((one) => one.percent),
      line: { color: blue, width: 2 },
      marker: {
        size: run.map((one) => (one === months[months.length - 1] ? size * 0.62 : size * 0.5)),
        color: run.map(
          (one) => (one === months[months.length - 1] ? blue : LC.colour('--surface'))
        ),
        line: { color: blue, width: 1.75 },
      },
      hoverinfo: 'skip',
    }));
  }

  function notes(months, target, low, size) {
    const first = months[0];
    const last = months[months.length - 1];
    const text = (one, bold, anchor) => ({
      x: one.month,
      y: one.percent,
      text: bold ? '<b>' + one.percent.toFixed(1) + '%</b>' : one.percent.toFixed(1) + '%',
      showarrow: false,
      xanchor: anchor,
      yanchor: one.percent > target - 6 && one.percent <= target ? 'top' : 'bottom',
      yshift: one.percent > target - 6 && one.percent <= target ? -7 : 7,
      font: { color: LC.colour(bold ? '--primary' : '--text-2'), size: bold ? size + 2 : size },
    });
    const list = [
      {
        xref: 'paper', x: 0, y: target, text: LC.t('trend_target', { target }), showarrow: false,
        xanchor: 'left', yanchor: 'bottom', font: { color: LC.colour('--text'), size },
      },
    ];
    if (last) list.push(text(last, true, months.length > 2 ? 'right' : 'center'));
    if (first && first !== last && low < first.percent) {
      list.push(text(first, false, months.length > 2 ? 'left' : 'center'));
    }
    return list;
  }

  /** A month over its year: side by side they are wider than the card of a laptop. */
  function monthLines(text) {
    const [month, year] = LC.monthParts(text);
    return year ? month + '<br>' + year : month;
  }

  function figureOf(months, app, size) {
    const target = app.view.target * 100;
    const low = Math.max(
      0,
      Math.floor((Math.min(target, ...months.map((one) => one.percent)) - 8) / 10) * 10
    );
    const grid = { color: LC.colour('--text-2'), size };
    return {
      data: traces(months, app.minutes, size),
      layout: {
        autosize: true,
        showlegend: false,
        paper_bgcolor: 'rgba(0,0,0,0)',
        plot_bgcolor: 'rgba(0,0,0,0)',
        margin: { l: 4, r: size * 3.4, t: 8, b: size * 3.1 },
        font: { family: LC.font(), size, color: LC.colour('--text-2') },
        xaxis: {
          type: 'category',
          tickangle: 0,
          showgrid: false,
          zeroline: false,
          fixedrange: true,
          tickfont: grid,
          tickvals: [months[0].month, months[months.length - 1].month],
          ticktext: [monthLines(months[0].month), monthLines(months[months.length - 1].month)],
          range: months.length > 1 ? [-0.35, months.length - 0.65] : [-1, 1],
        },
        yaxis: {
          side: 'right',
          range: [low, 103],
          zeroline: false,
          gridcolor: LC.colour('--line'),
          fixedrange: true,
          tickfont: grid, ticksuffix: '%', dtick: 100 - low > 50 ? 25 : 10, tick0: 100,
        },
        shapes: [
          {
            type: 'line', xref: 'paper', x0: 0, x1: 1, y0: target, y1: target,
            line: { color: LC.colour('--text'), width: 1.75 },
          },
        ],
        annotations: notes(months, target, low, size),
      },
    };
  }

  let isMounted = false;
  let timer = 0;

  /**
   * Show a figure. Plotly is a third of what a page weighs: its graph is mounted with the first
   * figure, after the map, and never on a page without this card.
   */
  function send(figure) {
    if (isMounted) {
      window.dash_clientside.set_props('trend-graph', { figure });
      return;
    }
    isMounted = true;
    const config = { staticPlot: true, displayModeBar: false };
    const props = { id: 'trend-graph', figure, config, responsive: true, className: 'trend-graph' };
    const graph = { namespace: 'dash_core_components', type: 'Graph', props };
    window.dash_clientside.set_props('trend', { children: graph });
  }

  function monthsOf(app) {
    return (app.view.history || [])
      .slice(-MOST_MONTHS)
      .map((one) => ({ ...one, sums: LC.sums(one, app.minutes) }))
      .filter((one) => one.sums.permille !== null)
      .map((one) => ({ month: one.month, method: one.method, percent: one.sums.permille / 10 }));
  }

  LC.views.push({
    id: 'trend',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const months = monthsOf(app);
      const size = LC.isVeryWide() ? 22 : 12;
      container.classList.toggle('is-empty', !months.length);
      if (!months.length) return;
      // Drawing a figure costs tens of milliseconds: it waits until the slider rests.
      clearTimeout(timer);
      const show = () => LC.whenReady(() => send(figureOf(months, app, size)));
      timer = setTimeout(show, isMounted ? REST_MS : 0);
    },
  });

  LC.views.push({
    id: 'trend-head',
    needs: ['view'],
    draw(container, app) {
      const n = Math.min(MOST_MONTHS, (app.view.history || []).length);
      const methods = new Set((app.view.history || []).map((one) => one.method));
      LC.replace(
        container,
        LC.h('h2', null, LC.t(n > 1 ? 'trend_title' : 'trend_one', { n })),
        methods.size > 1 ? LC.h('span', { class: 'note head-right' }, LC.t('trend_broken')) : null
      );
    },
  });
})();
