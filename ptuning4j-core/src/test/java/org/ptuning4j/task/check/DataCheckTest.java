package org.ptuning4j.task.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.task.Tables;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;

class DataCheckTest {

  private static final SequenceClassificationTask TASK =
      SequenceClassificationTask.onText("mood", Template.column("text"), "label");

  private static final Table TABLE =
      Tables.jsonl(
          "{\"text\":\"one two three\",\"label\":\"a\",\"idx\":0}",
          "{\"text\":\"one\",\"label\":\"b\",\"idx\":1}",
          "broken",
          "{\"text\":\"one two three\",\"label\":\"a\",\"idx\":2}",
          "{\"text\":\"one\",\"label\":\"a\",\"idx\":\"x\"}",
          "{\"text\":\" \",\"label\":\"b\",\"note\":\"odd\"}",
          "{\"text\":\"one\",\"label\":\"b\"}",
          "{\"text\":\"one two three four\",\"label\":\"c\"}");

  private static DataCheck inWords(Table table, SequenceClassificationTask task) {
    return new TaskCheck<>(task, task.labels(), task.readLabelled(table)).inWords(List.of());
  }

  private static DataCheck inTokens(Table table, int maxLength) {
    return new TaskCheck<>(TASK, List.of(), TASK.readLabelled(table))
        .inTokens(new TaskCheck.Measure<>(e -> e.text().length(), e -> 1, maxLength), List.of());
  }

  @Test
  void columnsAreDescribed() {
    DataCheck check = DataCheck.of(TABLE);
    assertThat(check.rows()).isEqualTo(8);
    assertThat(check.file()).isEqualTo("data.jsonl");
    assertThat(check.format()).isEqualTo("JSONL");
    assertThat(check.fingerprint()).isEqualTo("sha256:of-test");
    assertThat(check.badRows()).hasSize(1);
    assertThat(check.task()).isNull();
    assertThat(check.columns())
        .containsExactly(
            new DataCheck.Column(
                "text", "text", 6 / 7.0, 3, List.of("one two three", "one", "one two three four")),
            new DataCheck.Column("label", "text", 1, 3, List.of("a", "b", "c")),
            new DataCheck.Column("idx", "mixed", 4 / 7.0, 4, List.of("0", "1", "2")),
            new DataCheck.Column("note", "text", 1 / 7.0, 1, List.of("odd")));
    assertThat(check.advice().get(0).text(setting -> "--" + setting))
        .isEqualTo("to train on it: --text text --label label");
    assertThat(check.advice()).hasToString("[to train on it: text text label label]");
  }

  @Test
  void aColumnThatIsCalledLabelAndHasOneValueIsSaid() {
    Table table =
        Tables.jsonl(
            "{\"text\":\"a long text\",\"label\":\"x\"}", "{\"text\":\"another\",\"label\":\"x\"}");
    assertThat(DataCheck.of(table).advice().get(0).text(setting -> "--" + setting))
        .isEqualTo(
            "to train on it: --text text, and --label with the column of the labels; 'label' has"
                + " one value only");
    Table texts = Tables.jsonl("{\"text\":\"a long text\"}", "{\"text\":\"another\"}");
    assertThat(DataCheck.of(texts).advice().get(0).toString()).endsWith("no column looks like one");
  }

  @Test
  void taskSeesLabelsRepeatsAndConflicts() {
    DataCheck check = inWords(TABLE, TASK);
    assertThat(check.badRows()).extracting(row -> row.line()).containsExactly(3, 6);
    DataCheck.TaskFindings findings = check.task();
    assertThat(findings.examples()).isEqualTo(6);
    assertThat(findings.emptyTexts()).isEqualTo(1);
    assertThat(findings.labels())
        .containsExactly(
            new DataCheck.LabelCount("a", "a", 3, 0.5),
            new DataCheck.LabelCount("b", "b", 2, 2 / 6.0),
            new DataCheck.LabelCount("c", "c", 1, 1 / 6.0));
    assertThat(findings.repeats())
        .isEqualTo(new DataCheck.Repeats(3, List.of(List.of(1, 4), List.of(2, 5, 7))));
    assertThat(findings.conflicts())
        .isEqualTo(
            new DataCheck.Conflicts(
                1, List.of(new DataCheck.Conflict(List.of(2, 5), List.of("b", "a")))));
    assertThat(findings.lengths())
        .isEqualTo(new DataCheck.Lengths("words", 13 / 6.0, 1, 1, 4, 4, 4, 4, 8));
    assertThat(findings.cut()).isNull();
    assertThat(check.advice())
        .extracting(Object::toString)
        .containsExactly("1 input occurs with different labels", "3 rows repeat an earlier input");
  }

  @Test
  void rowsThatWillBeCutAreCounted() {
    DataCheck check = inTokens(TABLE, 12);
    assertThat(check.task().cut()).isEqualTo(new DataCheck.Cut(12, 3, 0.5));
    assertThat(check.task().lengths().unit()).isEqualTo("tokens");
    assertThat(check.task().lengths().max()).isEqualTo(18);
    assertThat(check.advice())
        .extracting(Object::toString)
        .contains(
            "3 rows (50.0 %) are longer than 12 tokens and will be cut; max-length 18 would keep"
                + " 99 % of the rows whole");
    DataCheck whole = inTokens(TABLE, 18);
    assertThat(whole.task().cut()).isEqualTo(new DataCheck.Cut(18, 0, 0));
    assertThat(whole.advice()).extracting(Object::toString).noneMatch(line -> line.contains("cut"));
  }

  @Test
  void givenLabelsAreAllListed() {
    DataCheck check = inWords(TABLE, TASK.withLabels(List.of("d", "b", "a")));
    assertThat(check.task().labels())
        .extracting(DataCheck.LabelCount::label)
        .containsExactly("d", "b", "a");
    assertThat(check.badRows()).extracting(row -> row.line()).containsExactly(3, 6, 8);
    assertThat(check.advice()).extracting(Object::toString).contains("label 'd' does not occur");
  }

  @Test
  void oneSidedAndSingleLabelsAreToldOf() {
    String[] lines =
        IntStream.range(0, 20)
            .mapToObj(i -> "{\"text\":\"t" + i + "\",\"label\":" + (i == 0 ? 1 : 0) + "}")
            .toArray(String[]::new);
    assertThat(inWords(Tables.jsonl(lines), TASK).advice())
        .extracting(Object::toString)
        .containsExactly(
            "always saying '0' would be right in 95.0 % of the rows: look at macro_f1 or mcc",
            "one row only has label '1': too few to learn it from");
    String[] same = Arrays.copyOfRange(lines, 1, 20);
    assertThat(inWords(Tables.jsonl(same), TASK).advice())
        .extracting(Object::toString)
        .containsExactly("'0' is the only label in the file");
  }

  @Test
  void pairsAreComparedAsPairs() {
    SequenceClassificationTask pairs =
        SequenceClassificationTask.onPair("p", Template.of("a"), Template.of("b"), "label");
    Table table =
        Tables.jsonl(
            "{\"a\":\"x\",\"b\":\"y\",\"label\":0}",
            "{\"a\":\"x\",\"b\":\"z z\",\"label\":1}",
            "{\"a\":\"x\",\"b\":\"y\",\"label\":0}",
            "{\"a\":\"x\",\"label\":0}");
    DataCheck check = inWords(table, pairs);
    assertThat(check.task().repeats()).isEqualTo(new DataCheck.Repeats(1, List.of(List.of(1, 3))));
    assertThat(check.task().lengths().max()).isEqualTo(3);
    assertThat(check.task().emptyTexts()).isEqualTo(1);
  }

  @Test
  void nothingUsableIsNoCrash() {
    DataCheck check = inTokens(Tables.jsonl("{\"text\":\"\",\"label\":1}"), 8);
    assertThat(check.task().examples()).isZero();
    assertThat(check.task().lengths())
        .isEqualTo(new DataCheck.Lengths("tokens", 0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(DataCheck.of(Tables.jsonl("broken")).columns()).isEmpty();
  }

  @Test
  void checkIsPlainJson() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode tree = json.readTree(json.writeValueAsString(inWords(TABLE, TASK)));
    assertThat(tree.at("/rows").asInt()).isEqualTo(8);
    assertThat(tree.at("/badRows/0/line").asInt()).isEqualTo(3);
    assertThat(tree.at("/task/labels/0/count").asInt()).isEqualTo(3);
    assertThat(tree.at("/task/repeats/first/1/2").asInt()).isEqualTo(7);
    assertThat(tree.at("/columns/0/examples/0").asText()).isEqualTo("one two three");
  }

  @Test
  void overlapOfTwoFilesIsFound() {
    Examples<TextExample> train = TASK.readLabelled(TABLE);
    Examples<TextExample> dev =
        TASK.readLabelled(
            Tables.jsonl(
                "{\"text\":\"new\",\"label\":\"a\"}",
                "{\"text\":\"one two three\",\"label\":\"b\"}",
                "{\"text\":\"one\",\"label\":\"a\"}",
                "{\"text\":\"two\",\"label\":\"a\"}"));
    Overlap overlap = Overlap.between(TASK, train, dev);
    assertThat(overlap.rows()).isEqualTo(2);
    assertThat(overlap.share()).isEqualTo(0.5);
    assertThat(overlap.first())
        .containsExactly(new Overlap.SharedInput(1, 2), new Overlap.SharedInput(2, 3));
  }

  @Test
  void aFewSharedInputsAreChance() {
    List<Overlap.SharedInput> first = List.of(new Overlap.SharedInput(7, 3));
    Overlap few = new Overlap("t", "d", 4, 4 / 100.0, first);
    assertThat(few.warning()).isEmpty();
    assertThat(few.sentence()).isEqualTo("4 rows of d (4.0 %) are in t too: line 3 = line 7");
    Overlap many = new Overlap("t", "d", 5, 5 / 100.0, first);
    assertThat(many.warning()).contains(many.sentence());
    assertThat(many.sentence())
        .isEqualTo("5 rows of d (5.0 %) are in t too, so its figures flatter: line 3 = line 7");
    Overlap all = new Overlap("t", "d", 5, 1, first);
    assertThat(all.warning().orElseThrow()).startsWith("all rows (5) of d are in t too");
    Overlap none = new Overlap("t", "d", 0, 0, List.of());
    assertThat(none.warning()).isEmpty();
    assertThat(none.sentence()).isEqualTo("no row of d is in t too");
  }

  @Provide
  Arbitrary<List<Integer>> someLengths() {
    return Arbitraries.integers().between(0, 50).list().ofMinSize(1).ofMaxSize(120);
  }

  @Property(tries = 300)
  void percentileIsTheLeastLengthThatCoversSoMany(
      @ForAll("someLengths") List<Integer> lengths, @ForAll @IntRange(min = 1, max = 100) int q) {
    List<TextExample> examples =
        IntStream.range(0, lengths.size())
            .mapToObj(i -> new TextExample(i + 1, "t", null, null))
            .toList();
    int found =
        MeasuredLengths.of(
                lengths.stream().mapToInt(Integer::intValue).toArray(),
                examples.stream().mapToInt(TextExample::line).toArray())
            .percentile(q);
    assertThat(lengths).contains(found);
    assertThat(100L * lengths.stream().filter(length -> length <= found).count())
        .isGreaterThanOrEqualTo((long) q * lengths.size());
    assertThat(100L * lengths.stream().filter(length -> length < found).count())
        .isLessThan((long) q * lengths.size());
  }

  /** Other libraries make tokens of them; here a text is a text, and that is said. */
  @Test
  void textsThatSpellSpecialTokensAreWarnedOf() {
    Table table =
        Tables.jsonl(
            "{\"text\": \"one [SEP] two\", \"label\": \"a\"}",
            "{\"text\": \"three\", \"label\": \"b\"}",
            "{\"text\": \"four</s>five\", \"label\": \"a\"}",
            "{\"text\": \"<s>six [sep] [MASKED]\", \"label\": \"b\"}");
    assertThat(inWords(table, TASK).advice())
        .extracting(Object::toString)
        .containsExactly(
            "2 texts spell a special token of some models, which is read as any other text; a"
                + " second text goes into a column of its own: 'one [SEP] two' (line 1),"
                + " 'four</s>five' (line 3)");
  }

  /** A setting that would change nothing is not advised. */
  @Test
  void aLengthThatKeepsEnoughIsNotAdvised() {
    String[] lines = new String[100];
    Arrays.setAll(
        lines, i -> "{\"text\":\"" + (i == 0 ? "123456789" : "12345678") + "\",\"label\":0}");
    assertThat(inTokens(Tables.jsonl(lines), 8).advice())
        .extracting(Object::toString)
        .contains("1 row (1.0 %) is longer than 8 tokens and will be cut");
  }
}
