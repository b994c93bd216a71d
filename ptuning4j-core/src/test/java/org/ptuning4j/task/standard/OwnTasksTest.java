package org.ptuning4j.task.standard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataCheck;
import org.ptuning4j.task.check.ModelReading;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.choice.ChoiceExample;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.LabelsAnswer;
import org.ptuning4j.task.text.MultiLabelExample;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.NumberAnswer;
import org.ptuning4j.task.text.NumberExample;
import org.ptuning4j.task.text.PreparedMultiLabel;
import org.ptuning4j.task.text.PreparedRegression;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Tasks that people define themselves, and the kinds that are there for them alone. */
class OwnTasksTest {

  @TempDir Path folder;

  private static Task<?> task(Map<String, Object> definition) {
    return TaskKinds.standard().read(definition);
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n", UTF_8);
  }

  private Path example(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = Task.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file;
  }

  private static RegressionTask regression(Object... more) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", "regression");
    definition.put("name", "score");
    definition.put("text", "a");
    for (int i = 0; i < more.length; i += 2) {
      definition.put((String) more[i], more[i + 1]);
    }
    return (RegressionTask) task(definition);
  }

  @Test
  void numbersAreReadStrictly() throws IOException {
    Path file =
        file(
            "n.csv",
            "a,label",
            "x,1",
            "x,",
            "x,two",
            "x,6",
            "x,NaN",
            "x,1d",
            "x, 2.50 ",
            "x,-0.1",
            "x,\"3,5\"",
            "x,\"1,000.5\"");
    Examples<NumberExample> read = regression("min", 0, "max", 5.0).read(file);
    assertThat(read.examples())
        .extracting(example -> example.value().getAsDouble())
        .containsExactly(1.0, 2.5);
    assertThat(read.badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "label column 'label' is empty",
            "label column 'label' is 'two', must be a number",
            "label column 'label' is '6', must be from 0.0 to 5.0",
            "label column 'label' is 'NaN', must be a finite number",
            "label column 'label' is '1d', must be a finite number",
            "label column 'label' is '-0.1', must be from 0.0 to 5.0",
            "label column 'label' is '3,5', must be a number without commas; decimals follow a"
                + " point",
            "label column 'label' is '1,000.5', must be a number without commas; decimals follow a"
                + " point");
  }

  @Test
  void headsSeeValuesInUnitsOfTheirDeviation() throws IOException {
    Path file = file("n.csv", "a,label", "x,1000", "y,3000");
    RegressionTask plain = regression("max", 3500);
    Examples<NumberExample> read = plain.read(file);
    try (TextTokenizer tokenizer = SuperGlueTasksTest.open(folder)) {
      PreparedRegression task = plain.prepare(Preparation.of(read, tokenizer, false));
      assertThat(task.task().scale()).contains(new RegressionTask.Scale(2000, 1000));
      assertThat(task.task().prepare(Preparation.of(read, tokenizer, false)).task())
          .isSameAs(task.task());
      List<Item> items = task.items(read.examples().get(1), new ItemEncoder(tokenizer, 16));
      assertThat(items.get(0).target()).contains(new Target.Value(1));
      NumberExample one = read.examples().get(0);
      assertThat(task.answer(one, List.of(), List.of(new float[] {-1})).value()).isEqualTo(1000);
      assertThat(task.answer(one, List.of(), List.of(new float[] {9})).value()).isEqualTo(3500);
      assertThat(TaskKinds.standard().read(task.definition())).isEqualTo(task.task());
      assertThat(
              task.score(read.examples(), List.of(new NumberAnswer(1), new NumberAnswer(2)))
                  .metrics())
          .hasEntrySatisfying("pearson", value -> assertThat(value).isCloseTo(1, within(1e-9)))
          .containsEntry("mse", (999.0 * 999 + 2998.0 * 2998) / 2);
    }
  }

  @Test
  void constantValuesHaveAScale() {
    assertThat(RegressionTask.Scale.of(new double[] {0.1, 0.1, 0.1}).deviation()).isEqualTo(1);
  }

  @Test
  void lessOfWhatDecidesMustNotBeBetter() {
    assertThatThrownBy(() -> regression("metrics", List.of("mse", "pearson")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("put pearson, spearman or negative_mse first");
    PreparedRegression task =
        new PreparedRegression(regression("metrics", List.of("negative_mse", "mae")));
    NumberExample one = new NumberExample(1, "x", null, OptionalDouble.of(3), Map.of());
    assertThat(task.score(List.of(one), List.of(new NumberAnswer(1))).metrics())
        .containsExactly(Map.entry("negative_mse", -4.0), Map.entry("mae", 2.0));
    assertThatThrownBy(() -> regression("min", 2, "max", 1)).hasMessageContaining("must be less");
  }

  private static MultiLabelTask topics(List<String> labels) {
    return (MultiLabelTask)
        task(
            Map.of(
                "kind",
                "multi-label",
                "name",
                "t",
                "text",
                "text",
                "label_column",
                "topics",
                "labels",
                labels));
  }

  private List<String> learnt(Examples<MultiLabelExample> read) throws IOException {
    try (TextTokenizer tokenizer = SuperGlueTasksTest.open(folder)) {
      return topics(List.of()).prepare(Preparation.of(read, tokenizer, false)).task().labels();
    }
  }

  @Test
  void labelsStandInListsOrBetweenSeparators() throws IOException {
    Path file =
        file(
            "m.jsonl",
            "{\"text\":\"x\",\"topics\":[\"b\",\"a\"]}",
            "{\"text\":\"x\",\"topics\":\"a | c\"}",
            "{\"text\":\"x\",\"topics\":\"\"}",
            "{\"text\":\"x\",\"topics\":[]}",
            "{\"text\":\"x\",\"topics\":null}",
            "{\"text\":\"x\",\"topics\":\"a|\"}",
            "{\"text\":\"x\",\"topics\":[\"a\",\"a\"]}",
            "{\"text\":\"x\",\"topics\":{\"a\":1}}",
            "{\"text\":\"x\",\"topics\":[null]}",
            "{\"text\":\"x\",\"topics\":3}");
    Examples<MultiLabelExample> read = topics(List.of()).read(file);
    assertThat(read.examples())
        .extracting(MultiLabelExample::labels)
        .containsExactly(List.of("b", "a"), List.of("a", "c"), List.of(), List.of(), List.of("3"));
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(5, 6, 7, 8, 9);
    assertThat(learnt(read)).containsExactly("3", "a", "b", "c");
    assertThat(topics(List.of("a", "b")).read(file).badRows())
        .contains(new BadRow(2, "label 'c' is none of the labels: a, b"));
  }

  @Test
  void labelsApplyByThemselves() throws IOException {
    PreparedMultiLabel task = new PreparedMultiLabel(topics(List.of("sea", "town", "weather")));
    List<MultiLabelExample> examples = task.read(example("topics.jsonl")).examples();
    MultiLabelExample first = examples.get(0);
    LabelsAnswer answer = task.answer(first, List.of(), List.of(new float[] {3, -3, 1}));
    assertThat(answer.labels()).containsExactly("sea", "weather");
    assertThat(answer.text()).isEqualTo("sea, weather");
    assertThat(task.answer(first, List.of(), List.of(new float[] {-1, -1, 0})).labels()).isEmpty();
    try (TextTokenizer tokenizer = SuperGlueTasksTest.open(folder)) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 16);
      assertThat(task.items(first, encoder).get(0).target())
          .contains(new Target.LabelSet(List.of(true, false, true)));
      assertThat(examples.get(4).labels()).isEmpty();
      assertThat(task.items(examples.get(4), encoder).get(0).target())
          .contains(new Target.LabelSet(List.of(false, false, false)));
    }
    assertThat(task.score(List.of(first), List.of(answer)).metrics())
        .containsExactly(
            Map.entry("micro_f1", 1.0),
            Map.entry("macro_f1", 2 / 3.0),
            Map.entry("exact_match", 1.0));
  }

  private static ChoiceTask choice(String key, Object candidates) {
    return (ChoiceTask)
        task(
            Map.of(
                "kind",
                "multiple-choice",
                "name",
                "c",
                "context",
                "q",
                key,
                candidates,
                "label_column",
                "right"));
  }

  @Test
  void choicesMayStandInOneColumn() throws IOException {
    Path file =
        file(
            "c.jsonl",
            "{\"q\":\"x\",\"options\":[\"one\",\"two\",\"three\"],\"right\":\"C\"}",
            "{\"q\":\"x\",\"options\":[\"one\",\"two\"],\"right\":\"one\"}",
            "{\"q\":\"x\",\"options\":[\"1\",\"0\"],\"right\":\"0\"}",
            "{\"q\":\"x\",\"options\":[\"1\",\"0\"],\"right\":0}",
            "{\"q\":\"x\",\"options\":[\"1\",\"0\"],\"right\":\"b\"}",
            "{\"q\":\"x\",\"options\":[\"one\"],\"right\":0}",
            "{\"q\":\"x\",\"options\":[\"one\",3],\"right\":0}",
            "{\"q\":\"x\",\"right\":0}",
            "{\"q\":\"x\",\"options\":[\"one\",\"two\"],\"right\":1.5}");
    ChoiceTask task = choice("candidates_column", "options");
    Examples<ChoiceExample> read = task.read(file);
    assertThat(read.examples()).extracting(ChoiceExample::answer).containsExactly(2, 0, 0, 1);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(3, 6, 7, 8, 9);
    assertThat(read.badRows().get(0).cause()).contains("can mean candidate 0 or 1");
    assertThat(TaskKinds.standard().read(task.definition())).isEqualTo(task);
    assertThatThrownBy(() -> choice("candidates", List.of("one")))
        .hasMessageContaining("a choice needs two");
  }

  @Test
  void aLineOrTwoDefineAClassification() {
    SequenceClassificationTask task =
        (SequenceClassificationTask)
            task(
                Map.of(
                    "name",
                    "mood",
                    "text",
                    "sentence",
                    "labels",
                    List.of(0, 1),
                    "truncation",
                    "only-first"));
    assertThat(task.labelColumn()).isEqualTo("label");
    assertThat(task.labels()).containsExactly("0", "1");
    assertThat(task.text()).isEqualTo(Template.column("sentence"));
    assertThat(task.truncation()).isEqualTo(new Truncation(128, Truncation.Strategy.ONLY_FIRST, 0));
    assertThat(task.metricNames()).containsExactly("accuracy", "macro_f1", "mcc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"name\":\"a\",\"text\":\"t\",\"lables\":[\"x\"]};did you mean 'labels'?",
        "{\"name\":\"a\",\"text\":\"t\",\"truncation\":\"longest\"};did you mean 'LONGEST_FIRST'?",
        "{\"kind\":\"regresion\",\"name\":\"a\"};did you mean 'regression'?",
        "{\"name\":\"a\"};no 'task.text'",
        "{\"text\":\"a\"};no 'task.name'",
        "{\"kind\":\"regression\",\"name\":\"a b\",\"text\":\"t\"};letters, digits",
        "{\"kind\":\"multi-label\",\"name\":\"a\",\"text\":\"t\",\"threshold\":1};threshold is 1.0",
        "{\"kind\":\"multiple-choice\",\"name\":\"a\",\"context\":\"t\"};candidates_column",
      })
  void mistakesAreNamed(String json, String message) throws JsonProcessingException {
    Map<String, Object> definition = object(json);
    assertThatThrownBy(() -> task(definition))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json, Map.class);
  }

  @Test
  void definitionsSurviveJson() throws JsonProcessingException {
    List<Task<?>> all = Tasks.standard().all();
    assertThat(all).hasSizeGreaterThan(SuperGlueTasks.all().size());
    for (Task<?> task : all) {
      String json = new ObjectMapper().writeValueAsString(task.definition());
      // Field by field: what a definition leaves out is missing from what is read of it. Settings
      // to train it with are no part of it.
      assertThat(task(object(json)))
          .as(json)
          .usingRecursiveComparison()
          .withStrictTypeChecking()
          .ignoringFieldsMatchingRegexes(".*info\\.presets")
          .isEqualTo(task);
    }
  }

  /** As much of YAML as the starts use: a key, and a value in JSON or as a bare text. */
  private static Map<String, Object> yaml(String text) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      String plain = line.replaceFirst("(^|\\s)#.*$", "").stripTrailing();
      if (!plain.isEmpty()) {
        int colon = plain.indexOf(':');
        values.put(plain.substring(0, colon), value(plain.substring(colon + 1).strip()));
      }
    }
    return values;
  }

  private static Object value(String written) {
    try {
      return new ObjectMapper().readValue(written, Object.class);
    } catch (JsonProcessingException e) {
      if (!written.startsWith("[")) {
        assertThat(written).doesNotStartWith("{").doesNotContain(": ");
        return written;
      }
      List<Object> list = new ArrayList<>();
      for (String each : written.substring(1, written.length() - 1).split(",", -1)) {
        list.add(each.strip());
      }
      return list;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sequence-classification,cb.jsonl",
    "multiple-choice,copa.jsonl",
    "regression,similarity.jsonl",
    "multi-label,topics.jsonl",
    "entities,ner.conll",
    "entities,ner.jsonl",
    "entities,entities.json",
    "question-answering,squad.json",
    "roles,roles.jsonl",
    "cloze,cb.jsonl",
  })
  void startsFitTheirExampleFiles(String kind, String file) throws IOException {
    Task<?> task = task(yaml(TaskTemplates.commented(kind)));
    assertThat(task.kind()).isEqualTo(kind);
    Examples<?> read = task.read(example(file));
    assertThat(read.examples()).isNotEmpty();
    assertThat(read.badRows()).isEmpty();
    assertThat(TaskTemplates.commented(kind)).contains(file);
    assertThat(TaskTemplates.kinds()).contains(kind);
  }

  @Test
  void unknownStartsAreNamed() {
    assertThatThrownBy(() -> TaskTemplates.commented("entity"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("multi-label, entities");
  }

  @ParameterizedTest
  @ValueSource(strings = {"copa", "multirc", "record", "wsc", "axg", "cb"})
  void anyTaskLooksAtAFile(String name) throws IOException {
    Path file = example(name + ".jsonl");
    Task<?> task = Tasks.standard().get(name);
    DataCheck words = RunCheck.forTraining(file, null, task, Optional.empty()).data();
    assertThat(words.task().examples()).isEqualTo(task.read(file).examples().size());
    assertThat(words.badRows()).isEmpty();
    assertThat(words.format()).isEqualTo("JSONL");
    assertThat(words.task().cut()).isNull();
    assertThat(words.task().lengths().min()).isPositive();
    try (TextTokenizer tokenizer = SuperGlueTasksTest.open(folder)) {
      DataCheck tokens =
          RunCheck.forTraining(
                  file, null, task, Optional.of(ModelReading.of(new ItemEncoder(tokenizer, 384))))
              .data();
      assertThat(tokens.task().cut().rows()).isZero();
      assertThat(tokens.task().lengths().unit()).isEqualTo("tokens");
      int each = name.equals("copa") ? 2 : 1;
      assertThat(tokens.task().sequences().total())
          .isGreaterThanOrEqualTo(each * words.task().examples());
    }
  }

  @Test
  void labelsAreCountedAsOftenAsTheyOccur() throws IOException {
    DataCheck check =
        RunCheck.forTraining(example("topics.jsonl"), null, topics(List.of()), Optional.empty())
            .data();
    assertThat(check.task().labels())
        .extracting(DataCheck.LabelCount::label, DataCheck.LabelCount::count)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("sea", 3),
            org.assertj.core.api.Assertions.tuple("town", 4),
            org.assertj.core.api.Assertions.tuple("weather", 4));
    Path unlabelled = file("p.jsonl", "{\"q\":\"x\",\"a\":\"one\",\"b\":\"two\"}");
    DataCheck prediction =
        RunCheck.forPrediction(
                unlabelled, choice("candidates", List.of("a", "b")), Optional.empty())
            .data();
    assertThat(prediction.task().examples()).isEqualTo(1);
    assertThat(prediction.isSound()).isTrue();
    assertThatThrownBy(
            () ->
                RunCheck.forTraining(
                    unlabelled, null, choice("candidates", List.of("a", "b")), Optional.empty()))
        .hasMessageContaining("has no column 'right' (the label)");
  }
}
