package org.ptuning4j.study.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.study.cell.CurvePoint;

class TextChartTest {

  private static final List<CurvePoint> CURVE =
      List.of(
          new CurvePoint(1, 0, 0.5, 1),
          new CurvePoint(2, 10, 0.6, 1),
          new CurvePoint(3, 20, 0.9, 1),
          new CurvePoint(4, 40, 0.8, 1));

  private final TextChart unicode = new TextChart(TextChart.Glyphs.UNICODE);
  private final TextChart ascii = new TextChart(TextChart.Glyphs.ASCII);

  @Test
  void sparklinesGoFromTheLowestToTheHighest() {
    assertThat(unicode.sparkline(List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)))
        .isEqualTo("▁▂▃▄▅▆▇█");
    assertThat(ascii.sparkline(List.of(-1.0, Double.NaN, 1.0))).isEqualTo("_ #");
    assertThat(unicode.sparkline(List.of(3.0, 3.0))).isEqualTo("▄▄");
    assertThat(unicode.sparkline(List.of())).isEmpty();
  }

  @Test
  void summaryOnOneLine() {
    assertThat(unicode.summary(CURVE)).isEqualTo("▁▃█▆ 50.0 → 80.0 (best 90.0 at epoch 3)");
    assertThat(ascii.summary(CURVE)).matches("\\p{ASCII}+");
    assertThat(unicode.summary(List.of())).isEmpty();
  }

  @Test
  void plot() {
    assertThat(ascii.plot(CURVE, 21, 5))
        .isEqualTo(
            """
             90.0 |          *.....
                  |        ..      ....*
                  |      ..
                  |   ..*
             50.0 |*..
                  +---------------------
                   step 0             40
            """);
    assertThat(unicode.plot(CURVE, 21, 5).lines()).hasSize(7).first().asString().contains("90.0 ┤");
    assertThat(unicode.plot(List.of(), 10, 5)).isEmpty();
  }

  @Test
  void onePointIsDrawnToo() {
    assertThat(ascii.plot(CURVE.subList(0, 1), 5, 2)).contains("50.0 |*");
  }

  @Test
  void tooSmallIsRefused() {
    assertThatThrownBy(() -> unicode.plot(CURVE, 1, 5)).hasMessageContaining("width 1");
  }
}
