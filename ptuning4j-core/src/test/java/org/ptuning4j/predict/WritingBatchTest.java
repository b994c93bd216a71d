package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.TokenRow;

/** Which texts share a beginning. */
class WritingBatchTest {

  private static TokenRow row(int common, int... more) {
    int[] ids = IntStream.concat(IntStream.range(100, 100 + common), IntStream.of(more)).toArray();
    return TokenRow.of(ids, new int[ids.length]);
  }

  private static Writing writing(TokenRow row) {
    return writing(row, OptionalInt.empty());
  }

  private static Writing writing(TokenRow row, OptionalInt steadyLength) {
    return new Writing(backbone(steadyLength), Optional.empty(), row);
  }

  /** A backbone of which nothing else is asked. */
  private static Backbone backbone(OptionalInt steadyLength) {
    return (Backbone)
        Proxy.newProxyInstance(
            Backbone.class.getClassLoader(),
            new Class<?>[] {Backbone.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("steadyLength");
              return steadyLength;
            });
  }

  private static int common(TokenRow... rows) {
    return new WritingBatch(List.of(rows).stream().map(WritingBatchTest::writing).toList())
        .common();
  }

  @Test
  void asManyTokensAsAllHaveInCommonLessTheLast() {
    assertThat(common(row(40, 1, 2), row(40, 1, 3), row(40, 4, 5, 6))).isEqualTo(40);
    assertThat(common(row(40, 1, 2), row(40, 1, 3))).isEqualTo(41);
    assertThat(common(row(40), row(40, 1))).as("one token at least follows").isEqualTo(39);
    assertThat(common(row(40), row(40))).isEqualTo(39);
    assertThat(common(row(31, 1), row(31, 2))).as("too few").isZero();
  }

  @Test
  void softTokensCountAndAreNeverLeftToTheRest() {
    assertThat(common(row(30, 1).withPrefix(3), row(30, 2).withPrefix(3))).isEqualTo(33);
    assertThat(common(row(40, 1).withPrefix(3), row(40, 2))).isZero();
    assertThat(common(row(0, 1).withPrefix(40), row(0, 2).withPrefix(40))).isEqualTo(40);
  }

  /** Dynamic rotary scaling turns the first tokens of a text by its length, too. */
  @Test
  void textsWhoseLengthChangesTheirBeginningShareNone() {
    List<TokenRow> rows = List.of(row(40, 1, 2), row(40, 1, 3, 4));
    for (int length : new int[] {43, 42}) {
      WritingBatch batch =
          new WritingBatch(rows.stream().map(row -> writing(row, OptionalInt.of(length))).toList());
      assertThat(batch.common()).isEqualTo(length == 43 ? 41 : 0);
    }
  }

  @Test
  void blanksThatAreFilledHaveNoCommonBeginning() {
    TokenRow filled = row(40, 1, 2).withFilling(new BlankFilling(41, 3));
    assertThat(common(filled, filled)).isZero();
  }

  @Test
  void textsAreSortedByWhatTheyBeginWith() {
    List<Writing> texts =
        List.of(
            writing(row(40, 1)),
            writing(row(0, 7, 8)),
            writing(row(50, 2)),
            writing(row(0, 9)),
            writing(row(20, 3)));
    assertThat(WritingBatch.groups(texts)).containsExactly(List.of(0, 2), List.of(1, 3, 4));
  }
}
