package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Items, and where their rows and positions lie in a batch. */
class ItemTest {

  private static final TokenRow SHORT = HeadCase.row(2, 1);
  private static final TokenRow LONG = HeadCase.row(4, 2);

  @Test
  void arraysBelongTogether() {
    int[] none = new int[0];
    List<TokenRow> two = List.of(SHORT, LONG);
    Optional<Target> target = Optional.empty();
    assertThatThrownBy(() -> new Item(List.of(), none, none, none, none, target))
        .hasMessage("an item has no row");
    assertThatThrownBy(() -> new Item(two, new int[] {1}, none, none, none, target))
        .hasMessage("reads of several rows need counts");
    assertThatThrownBy(() -> new Item(two, new int[] {1}, new int[] {1}, none, none, target))
        .hasMessage("2 rows with 1 reads have counts [1]");
    assertThatThrownBy(() -> new Item(two, new int[] {1}, new int[] {1, 1}, none, none, target))
        .hasMessage("2 rows with 1 reads have counts [1, 1]");
    assertThatThrownBy(
            () -> Item.ofWordings(List.of(LONG), List.of(new int[2]), List.of(new int[3])))
        .hasMessage("3 words for 2 reads");
  }

  @Test
  void targetsSayWhatIsWrong() {
    assertThatThrownBy(() -> new Target.Choice(-1))
        .hasMessage("target choice is -1, must be 0 or more");
    assertThatThrownBy(() -> new Target.Value(Double.NaN))
        .hasMessage("target value is NaN, must be finite");
    assertThatThrownBy(() -> new Target.LabelSet(List.of()))
        .hasMessage("target label set is empty, needs one entry a label");
    assertThatThrownBy(() -> new Target.Tags(List.of(OptionalInt.empty(), OptionalInt.of(-2))))
        .hasMessage("target tag is -2, must be 0 or more");
    assertThatThrownBy(() -> Target.Span.of(-1, 0))
        .hasMessage("target span start is -1, must be 0 or more");
    assertThatThrownBy(() -> Target.Span.of(0, -1))
        .hasMessage("target span end is -1, must be 0 or more");
  }

  @Test
  void aPrefixMovesWhatIsRead() {
    Item item =
        Item.ofWordings(
                List.of(SHORT, LONG),
                List.of(new int[] {1}, new int[] {0, 3}),
                List.of(new int[] {6}, new int[] {5, 4}))
            .withTarget(new Target.Choice(1))
            .withPrefix(3);
    assertThat(item.reads()).containsExactly(4, 3, 6);
    assertThat(item.target()).contains(new Target.Choice(1));
    assertThat(item.counts()).containsExactly(1, 2);
    assertThat(item.words()).containsExactly(6, 5, 4);
    assertThat(item.rows().get(1).anchor()).isEqualTo(5);
    assertThat(item.longest()).isEqualTo(7);
  }

  @Test
  void theFirstSoftTokenMayBeWhatIsRead() {
    Item item =
        Item.ofWordings(
            List.of(SHORT, LONG),
            List.of(new int[] {1}, new int[] {0, 3}),
            List.of(new int[] {6}, new int[] {5, 4}));
    Item text = new SoftPrefix(3, false).before(item);
    Item prompt = new SoftPrefix(3, true).before(item);
    assertThat(text.rows().get(1).anchor()).isEqualTo(5);
    assertThat(prompt.rows()).allMatch(row -> row.anchor() == 0 && row.softTokens() == 3);
    assertThat(prompt.reads()).containsExactly(text.reads());
    assertThat(SoftPrefix.NONE.before(item)).isSameAs(item);
    assertThatThrownBy(() -> new SoftPrefix(0, true))
        .hasMessage("0 soft tokens before a text, the first of which is read");
  }

  @Test
  void noPrefixChangesNothing() {
    Item item = Item.of(LONG).withTarget(Target.LabelSet.of(true));
    assertThat(item.withPrefix(0)).isSameAs(item);
    assertThat(item.target()).contains(new Target.LabelSet(List.of(true)));
    assertThat(Target.Span.of(1, 2))
        .isEqualTo(new Target.Span(OptionalInt.of(1), OptionalInt.of(2)));
  }

  @Test
  void readsAndAnchorsAreFoundInTheBatch() {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false)) {
            float[] numbers = new float[12];
            for (int i = 0; i < numbers.length; i++) {
              numbers[i] = i;
            }
            Tensor states = Tensors.of(numbers, 3, 4, 1); // each position holds its own number
            List<Item> items =
                List.of(
                    Item.ofWordings(
                        List.of(SHORT, LONG),
                        List.of(new int[] {1}, new int[] {0, 3}),
                        List.of(new int[1], new int[2])),
                    Item.ofTokens(LONG, new int[] {2, 3}, new int[0]));
            HeadInput input = new HeadInput(backbone, states, items, Dropout.off());
            assertThat(Tensors.floats(input.reads())).containsExactly(1, 4, 7, 10, 11);
            assertThat(Tensors.floats(input.anchors())).containsExactly(1, 6, 10);
            List<Item> unread = // rows that nothing is read of take up their places
                List.of(
                    Item.ofCandidates(List.of(SHORT, LONG)),
                    Item.ofTokens(LONG, new int[] {2}, new int[0]));
            HeadInput other = new HeadInput(backbone, states, unread, Dropout.off());
            assertThat(Tensors.floats(other.reads())).containsExactly(10);
          }
        });
  }
}
