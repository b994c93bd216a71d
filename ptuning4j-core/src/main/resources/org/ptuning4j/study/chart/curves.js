(function () {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross'];
  const dashes = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 4], [1, 4]];
  const drawn = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  function factor(chart) {
    return chart.scale === 'percent' ? 100 : 1;
  }

  function digits(chart) {
    return chart.scale === 'percent' ? 1 : 4;
  }

  /** The places of a data set's points, with the pixels of their spread. */
  function places(chart, index) {
    const points = chart.data.datasets[index].places;
    const y = chart.scales.y;
    return chart.getDatasetMeta(index).data.map(function (element, i) {
      const p = points[i];
      return p && {
        x: element.x,
        single: Object.keys(p.seeds).length < 2,
        high: y.getPixelForValue(p.high),
        low: y.getPixelForValue(p.low),
        seeds: Object.values(p.seeds).map(function (v) { return y.getPixelForValue(v); })
      };
    }).filter(Boolean);
  }

  function band(context, all) {
    context.globalAlpha = 0.18;
    context.beginPath();
    all.forEach(function (p) { context.lineTo(p.x, p.high); });
    all.slice().reverse().forEach(function (p) { context.lineTo(p.x, p.low); });
    context.closePath();
    context.fill();
  }

  function bars(context, all) {
    context.globalAlpha = 1;
    all.filter(function (p) { return !p.single; }).forEach(function (p) {
      context.beginPath();
      context.moveTo(p.x, p.high);
      context.lineTo(p.x, p.low);
      [p.high, p.low].forEach(function (end) {
        context.moveTo(p.x - 5, end);
        context.lineTo(p.x + 5, end);
      });
      context.stroke();
    });
  }

  function seeds(context, all) {
    context.globalAlpha = 0.45;
    all.filter(function (p) { return !p.single; }).forEach(function (p) {
      p.seeds.forEach(function (y) {
        context.beginPath();
        context.arc(p.x, y, 2.5, 0, 2 * Math.PI);
        context.fill();
      });
    });
  }

  function eachVisible(chart, draw) {
    const context = chart.ctx;
    chart.data.datasets.forEach(function (set, index) {
      if (chart.isDatasetVisible(index)) {
        context.save();
        context.strokeStyle = set.spreadColour;
        context.fillStyle = set.spreadColour;
        context.lineWidth = 1.5;
        draw(context, places(chart, index));
        context.restore();
      }
    });
  }

  function spreadPlugin(kind) {
    return {
      id: 'spread',
      beforeDatasetsDraw: function (chart) {
        if (kind === 'band') {
          eachVisible(chart, band);
        }
      },
      afterDatasetsDraw: function (chart) {
        if (kind === 'bars') {
          eachVisible(chart, bars);
        }
        eachVisible(chart, seeds);
      }
    };
  }

  function dataset(chart, series, index) {
    const own = colour('s' + (index % 6));
    const by = factor(chart);
    const points = series.points.map(function (p) {
      const scaled = {};
      Object.keys(p.seeds).forEach(function (seed) { scaled[seed] = p.seeds[seed] * by; });
      return { x: p.x, y: p.mean * by, high: (p.mean + p.sd) * by, low: (p.mean - p.sd) * by,
        sd: p.sd * by, seeds: scaled };
    });
    // Bars stand at their category's place, also where others are missing.
    const placed = chart.kind === 'lines' ? points : chart.categories.map(function (name) {
      return points.find(function (p) { return p.x === name; }) || null;
    });
    return {
      label: series.name,
      data: chart.kind === 'lines' ? points.map(function (p) { return { x: p.x, y: p.y }; })
        : placed.map(function (p) { return p && p.y; }),
      places: placed,
      spreadColour: chart.kind === 'lines' ? own : colour('ink'),
      borderColor: own,
      backgroundColor: chart.kind === 'lines' ? own : own + 'b0',
      borderWidth: 2,
      borderDash: dashes[index % dashes.length],
      pointStyle: shapes[index % shapes.length],
      pointRadius: chart.spread === 'band' ? 0 : 5,
      pointHitRadius: 8,
      tension: 0
    };
  }

  function range(sets) {
    const values = [];
    sets.forEach(function (set) {
      set.places.filter(Boolean).forEach(function (p) {
        values.push.apply(values, Object.values(p.seeds).concat([p.high, p.low]));
      });
    });
    return values.length ? [Math.min.apply(null, values), Math.max.apply(null, values)] : [0, 1];
  }

  function axis(text, more) {
    return Object.assign({
      title: { display: true, text: text, color: colour('ink') },
      ticks: { color: colour('faint') },
      grid: { color: colour('rule') }
    }, more);
  }

  function label(chart) {
    return function (item) {
      const p = item.dataset.places[item.dataIndex];
      const n = Object.keys(p.seeds).length;
      const d = digits(chart);
      return item.dataset.label + ': ' + p.y.toFixed(d)
        + (n > 1 ? ' ± ' + p.sd.toFixed(d) : '') + ' (' + n + (n > 1 ? ' seeds)' : ' seed)');
    };
  }

  function configuration(chart) {
    const sets = chart.series.map(function (series, i) { return dataset(chart, series, i); });
    const bounds = range(sets);
    const lines = chart.kind === 'lines';
    return {
      type: lines ? 'line' : 'bar',
      data: lines ? { datasets: sets } : { labels: chart.categories, datasets: sets },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: 'nearest', intersect: false },
        plugins: {
          legend: { labels: { color: colour('ink'), usePointStyle: lines } },
          tooltip: { callbacks: { label: label(chart) } }
        },
        scales: {
          x: axis(chart.xLabel, { type: lines ? 'linear' : 'category' }),
          y: axis(chart.yLabel,
            { beginAtZero: !lines, suggestedMin: lines ? bounds[0] : 0, suggestedMax: bounds[1] })
        }
      },
      plugins: [spreadPlugin(chart.spread)]
    };
  }

  function drawAll() {
    drawn.splice(0).forEach(function (chart) { chart.destroy(); });
    data.charts.forEach(function (chart, i) {
      drawn.push(new Chart(document.getElementById('chart-' + i), configuration(chart)));
    });
  }

  drawAll();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
})();
