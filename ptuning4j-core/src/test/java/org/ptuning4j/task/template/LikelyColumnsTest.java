package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.task.Tables;

/** Which columns look like texts and labels, and how values of columns are named. */
class LikelyColumnsTest {

  private static Table table(int rows, IntFunction<String> fields) {
    return Tables.jsonl(
        IntStream.range(0, rows)
            .mapToObj(i -> "{" + fields.apply(i).replace('\'', '"') + "}")
            .toArray(String[]::new));
  }

  @Test
  void numbersAreNoTexts() {
    Table numbers = table(4, i -> "'a':" + i + ",'b':" + i % 2);
    assertThat(LikelyColumns.textColumn(numbers)).isEmpty();
    assertThat(LikelyColumns.labelColumn(numbers)).contains("b");
  }

  @Test
  void theColumnOfTheTextIsNotThatOfTheLabelToo() {
    Table texts = table(4, i -> "'text':'text " + i % 2 + "'");
    assertThat(LikelyColumns.textColumn(texts)).contains("text");
    assertThat(LikelyColumns.labelColumn(texts)).isEmpty();
  }

  @Test
  void aTellingNameComesFirstThenTheFewestValues() {
    Table named = table(8, i -> "'text':'a long text','two':" + i % 2 + ",'Label':" + i % 4);
    assertThat(LikelyColumns.labelColumn(named)).contains("Label");
    Table unnamed = table(8, i -> "'text':'a long text','four':" + i % 4 + ",'two':" + i % 2);
    assertThat(LikelyColumns.labelColumn(unnamed)).contains("two");
  }

  /** From two values on, at most 50, and each twice on average. */
  @ParameterizedTest
  @CsvSource({"1,8,false", "2,4,true", "2,3,false", "50,100,true", "51,200,false"})
  void aLabelHasAFewValues(int values, int rows, boolean label) {
    Table table = table(rows, i -> "'text':'a long text','x':" + i % values);
    assertThat(LikelyColumns.labelColumn(table).isPresent()).isEqualTo(label);
  }

  @Test
  void anEmptyFieldIsNoValue() {
    Table table = table(4, i -> "'text':'a long text','x':'" + (i % 2 == 0 ? "" : "a") + "'");
    assertThat(LikelyColumns.labelColumn(table)).isEmpty();
  }

  /** Both its name and its values tell a column of labels that are all the same. */
  @Test
  void oneLabelForAllRowsIsFoundByItsName() {
    Table same = table(4, i -> "'version':1.1,'text':'text " + i + "','Label':'x'");
    assertThat(LikelyColumns.columnOfOneLabel(same)).contains("Label");
    Table two = table(4, i -> "'version':1.1,'text':'text " + i + "','label':" + i % 2);
    assertThat(LikelyColumns.columnOfOneLabel(two)).isEmpty();
    Table unnamed = table(4, i -> "'version':1.1,'text':'text " + i + "'");
    assertThat(LikelyColumns.columnOfOneLabel(unnamed)).isEmpty();
    Table hidden = table(4, i -> "'text':'text " + i + "','label':''");
    assertThat(LikelyColumns.columnOfOneLabel(hidden)).isEmpty();
  }

  @Test
  void valuesAreNamedByTheirKind() {
    assertThat(ColumnValues.kind(List.of())).isEqualTo("list");
    assertThat(ColumnValues.kind(Map.of())).isEqualTo("object");
    assertThat(ColumnValues.kind(null)).isEqualTo("nothing");
  }

  @Test
  void bothTextsMayBeMadeOfOtherColumns() {
    Template other = Template.column("other");
    TextColumns pair = new TextColumns(Template.column("a"), Template.column("b"));
    TextColumns single = new TextColumns(Template.column("a"), null);
    assertThat(pair.from(Map.of())).isEqualTo(pair);
    assertThat(pair.from(Map.of("pair", other)))
        .isEqualTo(new TextColumns(Template.column("a"), other));
    assertThat(single.from(Map.of("text", other))).isEqualTo(new TextColumns(other, null));
    assertThat(single.from(Map.of("pair", other))).isEqualTo(single);
    assertThat(List.of(pair.read("a"), pair.read("b"), pair.read("c")))
        .containsExactly(true, true, false);
    assertThat(List.of(single.read("a"), single.read("b"))).containsExactly(true, false);
  }
}
