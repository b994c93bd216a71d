package org.ptuning4j.task.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.task.ExampleContent;

/** Where warnings of labels begin and end. */
class LabelWarningsTest {

  private static List<CheckedExample> examples(String... textsAndLabels) {
    List<CheckedExample> examples = new ArrayList<>();
    for (int i = 0; i < textsAndLabels.length; i += 2) {
      examples.add(example(i / 2 + 1, textsAndLabels[i], List.of(textsAndLabels[i + 1])));
    }
    return examples;
  }

  private static CheckedExample example(int line, String text, List<String> labels) {
    return new CheckedExample(line, ExampleContent.of(text, null, labels, true), List.of(text));
  }

  /** So many rows of one label, and one of another. */
  private static List<CheckedExample> onesided(int rows) {
    List<CheckedExample> examples = new ArrayList<>();
    for (int i = 1; i < rows; i++) {
      examples.add(example(i, "text " + i, List.of("a")));
    }
    examples.add(example(rows, "other", List.of("b")));
    return examples;
  }

  private static List<String> warnings(List<CheckedExample> examples, String... known) {
    return LabelWarnings.of(examples, List.of(known)).all();
  }

  @Test
  void nineOfTenRowsWithOneLabelAreTooMany() {
    assertThat(warnings(onesided(10)))
        .containsExactly(
            "always saying 'a' would be right in 90.0 % of the rows: look at macro_f1 or mcc",
            "one row only has label 'b': too few to learn it from");
    assertThat(warnings(onesided(9))).isEmpty();
  }

  @Test
  void labelsThatDoNotOccurAreNamedAndNothingElseIsSaidOfThem() {
    assertThat(warnings(examples("x", "a", "y", "b"), "a", "b", "nan", "B"))
        .containsExactly("labels 'nan', 'B' do not occur");
  }

  /** Of several labels an example, shares are not shares of rows. */
  @Test
  void sharesAreOfExamplesWithOneLabelEach() {
    List<CheckedExample> several =
        new ArrayList<>(Collections.nCopies(20, example(1, "x", List.of("a", "b"))));
    several.add(example(2, "y", List.of()));
    assertThat(warnings(several)).isEmpty();
    assertThat(warnings(Collections.nCopies(3, example(1, "x", List.of("a", "a"))))).isEmpty();
    assertThat(warnings(examples("x", "a", "y", "a")))
        .containsExactly("'a' is the only label in the file");
  }

  @Test
  void aTextThatTellsItsLabelAndNoOtherIsSeen() {
    List<CheckedExample> telling =
        examples("it is good", "good", "so bad", "bad", "good, yes", "good", "bad", "bad");
    assertThat(LabelWarnings.of(telling, List.of()).withinTexts())
        .containsExactly(
            "the text holds its own label in 4 of 4 rows (line 1: 'good'); is the label's column"
                + " part of the text?");
    assertThat(LabelWarnings.of(telling.subList(0, 3), List.of()).withinTexts()).isEmpty();
    List<CheckedExample> both =
        examples("good or bad", "good", "bad or good", "bad", "good, bad", "good", "bad", "bad");
    assertThat(LabelWarnings.of(both, List.of()).withinTexts()).isEmpty();
    List<CheckedExample> half =
        examples("good or bad", "good", "bad or good", "bad", "good", "good", "bad", "bad");
    assertThat(LabelWarnings.of(half, List.of()).withinTexts()).hasSize(1);
  }

  /** 19 of 20 is too often for chance, 18 of 19 is not. */
  @Test
  void nearlyAllTextsHaveToTellTheirLabel() {
    List<CheckedExample> telling = new ArrayList<>();
    for (int i = 1; i < 20; i++) {
      String label = i % 2 == 0 ? "good" : "bad";
      telling.add(example(i, "a " + label + " film", List.of(label)));
    }
    telling.add(example(20, "no word of it", List.of("good")));
    assertThat(LabelWarnings.of(telling, List.of()).withinTexts()).hasSize(1);
    assertThat(LabelWarnings.of(telling.subList(1, 20), List.of()).withinTexts()).isEmpty();
  }

  @Test
  void withoutALabelNothingIsToldByATextAndNothingIsCounted() {
    List<CheckedExample> unlabelled =
        Collections.nCopies(5, example(1, "any", Collections.emptyList()));
    assertThat(warnings(unlabelled)).isEmpty();
    assertThat(LabelWarnings.of(unlabelled, List.of("any", "b")).withinTexts()).isEmpty();
  }

  @Test
  void theFirstOfTheLongestIsShown() {
    MeasuredLengths lengths = MeasuredLengths.of(new int[] {1, 3, 3}, new int[] {4, 5, 6});
    assertThat(lengths.summary("words").longestLine()).isEqualTo(5);
    assertThat(lengths.cut(3).rows()).isZero();
    assertThat(lengths.cut(2).rows()).isEqualTo(2);
  }

  @Test
  void examplesWithoutTextsAreNotEqual() {
    List<CheckedExample> empty = examples("", "a", "", "b", "x", "a", "x", "b");
    assertThat(EqualInputs.of(empty).repeats())
        .isEqualTo(new DataCheck.Repeats(1, List.of(List.of(3, 4))));
  }

  /** Rows without a label are not counted among those that could tell it. */
  @Test
  void onlyRowsWithALabelCanTellIt() {
    List<CheckedExample> telling =
        new ArrayList<>(
            examples("it is good", "good", "so bad", "bad", "good, yes", "good", "bad", "bad"));
    telling.addAll(Collections.nCopies(6, example(9, "any", List.of())));
    assertThat(LabelWarnings.of(telling, List.of()).withinTexts())
        .singleElement()
        .asString()
        .startsWith("the text holds its own label in 4 of 4 rows");
  }

  /** As many files write several labels in one column. */
  @Test
  void labelsJoinedByASignAreSeveral() {
    assertThat(warnings(examples("a", "town", "b", "weather", "c", "weather;town")))
        .containsExactly(
            "label 'weather;town' is other labels joined by ';'; several labels for a text are a"
                + " task of kind multi-label with separator ';'");
    assertThat(warnings(examples("a", "sea, town", "b", "town, hill", "c", "hill,sea")))
        .containsExactly(
            "labels 'hill,sea', 'sea, town', 'town, hill' are other labels joined by ',';"
                + " several labels for a text are a task of kind multi-label with separator ','");
    assertThat(warnings(examples("a", "x|y", "b", "x", "c", "y")))
        .singleElement()
        .asString()
        .contains("separator '|'");
  }

  @Test
  void aSignWithinALabelIsPartOfItWhereNoOtherLabelHasItsParts() {
    assertThat(warnings(examples("a", "Bosnia, Herzegovina", "b", "Serbia", "c", "Korea, South")))
        .isEmpty();
    assertThat(warnings(examples("a", "yes, always", "b", "yes", "c", "no"))).isEmpty();
  }
}
