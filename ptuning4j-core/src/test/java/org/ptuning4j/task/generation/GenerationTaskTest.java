package org.ptuning4j.task.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.Ending;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;

class GenerationTaskTest {

  @TempDir Path folder;

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = TextTokenizer.open(TinyModel.folder("gpt2"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private Examples<GenerationExample> read(GenerationTask task, String... lines)
      throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.write(file, Arrays.asList(lines), StandardCharsets.UTF_8);
    return task.read(file);
  }

  private static ItemEncoder encoder(int maxLength) {
    return new ItemEncoder(tokenizer, maxLength, Direction.CAUSAL);
  }

  private static PreparedGeneration prepared(GenerationTask task) {
    return task.prepare(Preparation.complete(tokenizer));
  }

  private static int[] ids(String text) {
    return TargetTokens.words(tokenizer, text);
  }

  @Test
  void targetsAreATextOrSeveral() throws IOException {
    Examples<GenerationExample> read =
        read(
            GenerationTask.standard(),
            "{\"id\": 7, \"source\": \"a\", \"target\": \"b\"}",
            "{\"source\": \"a\", \"target\": [\"b\", \"c d\"]}",
            "{\"source\": \"a\", \"target\": \"['b', 'c']\"}");

    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples().get(0).targets()).containsExactly("b");
    assertThat(read.examples().get(0).ids()).isEqualTo(Map.of("id", 7));
    assertThat(read.examples().get(1).targets()).containsExactly("b", "c d");
    assertThat(read.examples().get(2).targets())
        .as("a text that looks like a list is a text")
        .containsExactly("['b', 'c']");
  }

  /** A beginning may go on in many ways. */
  @Test
  void rowsAreTheSameWhereSourceAndTargetAre() throws IOException {
    GenerationTask task = GenerationTask.standard();
    Examples<GenerationExample> rows =
        read(
            task,
            "{\"source\": \"a\", \"target\": \"b\"}",
            "{\"source\": \"a\", \"target\": \"c\"}",
            "{\"source\": \"d\", \"target\": \"c\"}");
    assertThat(Overlap.between(task, rows, rows).rows()).isEqualTo(3);
    Examples<GenerationExample> others = read(task, "{\"source\": \"a\", \"target\": \"d\"}");
    assertThat(Overlap.between(task, rows, others).rows()).isZero();
  }

  @Test
  void rowsWithoutATargetAreBadOnes() throws IOException {
    Examples<GenerationExample> read =
        read(
            GenerationTask.standard(),
            "{\"source\": \"a\", \"target\": \"b\"}",
            "{\"source\": \"a\", \"target\": \" \"}",
            "{\"source\": \"a\"}",
            "{\"source\": \"a\", \"target\": []}",
            "{\"source\": \"a\", \"target\": 5}",
            "{\"source\": \"a\", \"target\": [\"b\", 6]}");

    assertThat(read.examples()).hasSize(1);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(2, 3, 4, 5, 6);
    assertThat(read.badRows().get(4).cause()).contains("number (6)");
  }

  @Test
  void eachTokenOfTheTargetIsToldByTheOneBefore() {
    GenerationExample example =
        new GenerationExample(
            org.ptuning4j.data.Source.ofLine(1), "the quick fox", List.of("jumps over"), Map.of());
    int[] source = ids("the quick fox");
    int[] separator = ids("\n");
    int[] target = ids("jumps over");
    int end = tokenizer.endId().orElseThrow();

    List<Item> items = prepared(GenerationTask.standard()).items(example, encoder(64));

    assertThat(items).hasSize(1);
    Item item = items.get(0);
    int before = source.length + separator.length;
    List<Integer> row = new ArrayList<>();
    for (int[] part : List.of(source, separator, target, new int[] {end})) {
      Arrays.stream(part).forEach(row::add);
    }
    assertThat(item.rows().get(0).ids()).isEqualTo(row.stream().mapToInt(i -> i).toArray());
    for (int i = 0; i <= target.length; i++) {
      assertThat(item.reads()[i]).isEqualTo(before - 1 + i);
    }
    assertThat(item.reads()).hasSize(target.length + 1);
    List<OptionalInt> right = item.target(Target.Tags.class).labels();
    assertThat(right.get(0)).hasValue(target[0]);
    assertThat(right.get(target.length)).hasValue(end);
  }

  @Test
  void whatIsContinuedHasNothingOfTheTarget() {
    GenerationExample example =
        new GenerationExample(
            org.ptuning4j.data.Source.ofLine(1), "the quick fox", List.of("jumps"), Map.of());

    TokenRow row = prepared(GenerationTask.standard()).source(example, encoder(64));

    int[] source = ids("the quick fox");
    int[] separator = ids("\n");
    assertThat(row.ids()).hasSize(source.length + separator.length).startsWith(source);
    assertThat(row.anchor()).isEqualTo(row.length() - 1);
  }

  @Test
  void ofALongRowTheSourceIsCutAndTheTargetKept() {
    GenerationExample example =
        new GenerationExample(
            org.ptuning4j.data.Source.ofLine(1),
            "the quick brown fox jumps over the lazy dog ".repeat(20),
            List.of("jumps over"),
            Map.of());
    int target = ids("jumps over").length + 1;

    Item item = prepared(GenerationTask.standard()).items(example, encoder(32)).get(0);

    assertThat(item.rows().get(0).length()).isEqualTo(32);
    assertThat(item.reads()).hasSize(target);
    int separator = ids("\n")[0];
    assertThat(item.rows().get(0).ids()[32 - target - 1]).isEqualTo(separator);
  }

  @Test
  void targetsAreLearntToTheLengthThatIsWritten() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", GenerationTask.KIND);
    definition.put("name", "short");
    definition.put("max_new_tokens", 2);
    GenerationTask task = (GenerationTask) TaskKinds.standard().read(definition);
    GenerationExample example =
        new GenerationExample(
            org.ptuning4j.data.Source.ofLine(1),
            "fox",
            List.of("the quick brown fox jumps"),
            Map.of());

    Item item = prepared(task).items(example, encoder(64)).get(0);

    assertThat(item.reads()).hasSize(2);
    assertThat(item.target(Target.Tags.class).labels().get(1))
        .hasValue(ids("the quick brown fox jumps")[1]);
  }

  @Test
  void scoresOfLikelihoods() {
    PreparedGeneration task = prepared(GenerationTask.standard());
    // Two texts of two tokens and one: probabilities 1/2, 1/4 and 1/8, of which the first is best.
    Answer one = task.answer(null, List.of(), List.of(new float[] {ln(0.5), 1, ln(0.25), 0}));
    Answer other = task.answer(null, List.of(), List.of(new float[] {ln(0.125), 0}));

    Scores scores = task.score(List.of(), List.of(one, other));

    assertThat(scores.metrics().get("token_accuracy")).isCloseTo(1 / 3.0, within(1e-9));
    // The geometric mean of the probabilities is (1/64)^(1/3) = 1/4
    assertThat(scores.metrics().get("perplexity")).isCloseTo(4, within(1e-5));
  }

  private static float ln(double value) {
    return (float) Math.log(value);
  }

  @Test
  void scoresOfTexts() {
    PreparedGeneration task = prepared(GenerationTask.standard());
    List<GenerationExample> examples =
        List.of(
            new GenerationExample(
                org.ptuning4j.data.Source.ofLine(1), "s", List.of("a b c d"), Map.of()),
            new GenerationExample(
                org.ptuning4j.data.Source.ofLine(2), "s", List.of("x", "e f g h"), Map.of()));

    Scores scores = task.score(examples, List.of(written(" a b c d\n"), written("e f g z")));

    assertThat(scores.metrics().get("exact_match")).isEqualTo(0.5);
    assertThat(scores.metrics().get("rouge_l")).isCloseTo((1 + 0.75) / 2, within(1e-9));
    // 7 of 8 words, 5 of 6, 3 of 4, 1 of 2 rows match
    double bleu = Math.pow(7 / 8.0 * (5 / 6.0) * (3 / 4.0) * (1 / 2.0), 0.25);
    assertThat(scores.metrics().get("bleu")).isCloseTo(bleu, within(1e-9));
  }

  private static Answer written(String text) {
    return new GeneratedAnswer(
        List.of(new Continuation(text, List.of(1, 2), -1.5, Ending.STOP_STRING)));
  }

  @Test
  void answersHaveTheirFields() {
    Answer one = written("a");
    Answer two =
        new GeneratedAnswer(
            List.of(
                new Continuation("a", List.of(1), -1, Ending.END_TOKEN),
                new Continuation("b", List.of(2, 3), -2, Ending.LENGTH)));

    assertThat(one.fields())
        .isEqualTo(
            Map.of("text", "a", "log_probability", -1.5, "tokens", 2, "ending", "stop-string"));
    assertThat(two.fields().get("others"))
        .isEqualTo(
            List.of(Map.of("text", "b", "log_probability", -2.0, "tokens", 2, "ending", "length")));
    assertThat(GenerationTask.standard().answerSchema().names()).containsAll(two.fields().keySet());
  }

  @Test
  void aDefinitionMakesTheSameTaskAgain() {
    GenerationTask task =
        GenerationTask.on("tables", org.ptuning4j.task.template.Template.of("{a}: {b}"), "c");

    assertThat(TaskKinds.standard().read(task.definition())).isEqualTo(task);
    assertThat(GenerationTask.of(new Fields("task", Map.of("name", "x"))).columns())
        .isEqualTo(GenerationTask.standard().columns());
  }

  @ParameterizedTest
  @CsvSource({
    "pair, other, pair is '{other}'",
    "metrics, bleu, metrics are [bleu]",
    "metrics, perplexity, the first metric",
    "max_new_tokens, 0, max-new-tokens: 0",
    "beams, 0, beams: 0",
    "labels, a, labels",
  })
  void wrongFieldsAreNamed(String field, String value, String message) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", GenerationTask.KIND);
    definition.put("name", "x");
    definition.put("text", "source");
    boolean number = value.matches("\\d+");
    boolean list = field.equals("metrics") || field.equals("labels");
    definition.put(field, number ? Integer.valueOf(value) : list ? List.of(value) : value);

    assertThatThrownBy(() -> TaskKinds.standard().read(definition))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void targetsNeedATokenThatEndsThem() {
    try (TextTokenizer bert = TextTokenizer.open(TinyModel.bert())) {
      assertThat(bert.endId()).isEmpty();
      assertThatThrownBy(
              () ->
                  GenerationTask.standard()
                      .prepare(
                          new Preparation<>(
                              Optional.of(
                                  read(
                                      GenerationTask.standard(),
                                      "{\"source\": \"a\", \"target\": \"b\"}")),
                              bert,
                              true,
                              Optional.empty())))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("eos_token");
    }
  }
}
