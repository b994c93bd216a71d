package org.ptuning4j.study.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.study.cell.SampleCells.cell;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CurvePoint;
import org.ptuning4j.study.cell.Sample;

class StudyChartsTest {

  private static Chart.Point point(double x, Map<Long, Double> seeds) {
    return new Chart.Point(x, new Sample(seeds));
  }

  @Test
  void aSampleHasItsMeanAndDeviation() {
    Sample sample = new Sample(Map.of(1L, 2.0, 2L, 4.0, 3L, 4.0, 4L, 6.0));
    assertThat(sample.mean()).isEqualTo(4);
    assertThat(sample.sd()).isCloseTo(Math.sqrt(8.0 / 3), within(1e-12));
    assertThat(new Sample(Map.of(1L, 2.0)).sd()).isZero();
    assertThatThrownBy(() -> new Sample(Map.of())).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Sample(Map.of(1L, Double.NaN))).hasMessageContaining("seed 1");
  }

  @Test
  void depthHasALineFromEachEndThatMeetAtAllLayers() {
    Chart.Lines chart =
        StudyCharts.depth(
            List.of(
                cell("v2", "rte", 1, 0.7, Map.of("depth", "top:8")),
                cell("v2", "rte", 2, 0.8, Map.of("depth", "top:8")),
                cell("v2", "rte", 1, 0.6, Map.of("depth", "bottom:8")),
                cell("v2", "rte", 1, 0.9, Map.of("depth", "all")),
                cell("v2", "rte", 1, 0.1, Map.of("length", "3"))),
            24);
    assertThat(chart.series())
        .containsExactly(
            new Chart.Series(
                "v2, from the output",
                List.of(point(8, Map.of(1L, 0.7, 2L, 0.8)), point(24, Map.of(1L, 0.9)))),
            new Chart.Series(
                "v2, from the input",
                List.of(point(8, Map.of(1L, 0.6)), point(24, Map.of(1L, 0.9)))));
    assertThat(chart.yLabel()).isEqualTo("accuracy (%)");
    assertThat(chart.spread()).isEqualTo(Chart.Spread.BARS);
  }

  @Test
  void lengthsAreNumbersInOrder() {
    Chart.Lines chart =
        StudyCharts.length(
            List.of(
                cell("v2", "rte", 1, 0.7, Map.of("length", "100")),
                cell("v2", "rte", 1, 0.6, Map.of("length", "8")),
                cell("v2", "cb", 1, 0.9, Map.of("length", "8"))));
    assertThat(chart.series())
        .containsExactly(
            new Chart.Series(
                "v2 on rte", List.of(point(8, Map.of(1L, 0.6)), point(100, Map.of(1L, 0.7)))),
            new Chart.Series("v2 on cb", List.of(point(8, Map.of(1L, 0.9)))));
  }

  @Test
  void headsStandBesideEachOtherPerTask() {
    Chart.Bars chart =
        StudyCharts.values(
            List.of(
                cell("v2", "rte", 1, 0.7, Map.of("head", "linear")),
                cell("v2", "rte", 1, 0.6, Map.of("head", "verbalizer")),
                cell("v2", "cb", 1, 0.9, Map.of("head", "linear"))),
            "head");
    assertThat(chart.categories()).containsExactly("rte", "cb");
    assertThat(chart.groups())
        .containsExactly(
            new Chart.Group(
                "linear",
                Map.of("rte", new Sample(Map.of(1L, 0.7)), "cb", new Sample(Map.of(1L, 0.9)))),
            new Chart.Group("verbalizer", Map.of("rte", new Sample(Map.of(1L, 0.6)))));
  }

  @Test
  void learningCurvesGatherSeeds() {
    List<Cell.Finished> cells = List.of(cell("v2", "rte", 1, 0.5), cell("v2", "rte", 2, 0.75));
    assertThat(StudyCharts.learningCurves(cells).series())
        .containsExactly(
            new Chart.Series(
                "v2",
                List.of(
                    point(1, Map.of(1L, 0.25, 2L, 0.375)), point(2, Map.of(1L, 0.5, 2L, 0.75)))));
    assertThat(StudyCharts.learningCurves(cells).xLabel()).isEqualTo("epoch");
    assertThat(StudyCharts.trainLoss(cells).series().get(0).points().get(1))
        .isEqualTo(point(2, Map.of(1L, 0.4, 2L, 0.4)));
  }

  @Test
  void severalEvaluationsPerEpochAreDrawnBySteps() {
    Cell.Finished often =
        new Cell.Finished(
            "m",
            "t",
            1,
            Map.of(),
            "f1",
            0.5,
            Map.of(),
            1,
            2,
            1,
            0,
            true,
            List.of(new CurvePoint(1, 5, 0.1, Double.NaN), new CurvePoint(1, 9, 0.2, 0.5)),
            "");
    assertThat(StudyCharts.learningCurves(List.of(often)).series().get(0).points())
        .extracting(Chart.Point::x)
        .containsExactly(5.0, 9.0);
    assertThat(StudyCharts.trainLoss(List.of(often)).series().get(0).points())
        .extracting(Chart.Point::x)
        .containsExactly(9.0);
  }

  @Test
  void wrongSettingsAndRepeatedCellsAreNamed() {
    assertThatThrownBy(
            () -> StudyCharts.depth(List.of(cell("m", "t", 1, 0.5, Map.of("depth", "3"))), 12))
        .hasMessageContaining("'3'");
    assertThatThrownBy(
            () -> StudyCharts.length(List.of(cell("m", "t", 1, 0.5, Map.of("length", "x")))))
        .hasMessageContaining("'x'");
    Cell.Finished twice = cell("m", "t", 1, 0.5, Map.of("length", "3"));
    assertThatThrownBy(() -> StudyCharts.length(List.of(twice, twice)))
        .hasMessageContaining("seed 1");
  }
}
