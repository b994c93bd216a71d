package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.task.Task;

/** Tasks of every kind, trained, evaluated and asked, on the example files of the library. */
class TaskCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Run together;

  /** CB and RTE over one prompt, long enough to know the few examples by heart. */
  @BeforeAll
  static void trainTogether() throws IOException {
    String rte = example("rte.jsonl").toString();
    together =
        train("both", "cb", "cb.jsonl", "30", "--also", "rte=" + rte + "," + rte, "--lr", "3e-2");
  }

  /** An example file, copied to where a user's would be. */
  private static Path example(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      try (InputStream in = Task.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
        assertThat(in).as(name).isNotNull();
        Files.copy(in, file);
      }
    }
    return file;
  }

  private static Run train(String out, String task, String file, String epochs, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("train", "--model", "bert-mini"));
    all.addAll(List.of("--task", task, "--precision", "fp32", "--epochs", epochs, "--batch", "4"));
    all.addAll(List.of("--train", example(file) + "", "--dev", example(file) + ""));
    all.addAll(List.of("--prompt-length", "4", "--out", folder.resolve(out).toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static Run trainOn(String data, String out, String... more) {
    List<String> all = new ArrayList<>(List.of("train", "--model", "bert-mini", "--batch", "4"));
    all.addAll(List.of("--data", data, "--precision", "fp32", "--epochs", "1"));
    all.addAll(List.of("--prompt-length", "4", "--out", folder.resolve(out).toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  @Test
  void aFolderOfTasksHasTheFiles() throws IOException {
    Path cb = Files.createDirectories(folder.resolve("superglue").resolve("CB"));
    Files.copy(example("cb.jsonl"), cb.resolve("train.jsonl"));
    Files.copy(example("cb.jsonl"), cb.resolve("val.jsonl"));
    String data = cb.getParent().toString();
    Run found = trainOn(data, "found", "--task", "cb");
    assertThat(found.code()).as(found.err()).isZero();
    Run named = train("named", "cb", "cb.jsonl", "1");
    assertThat(named.code()).as(named.err()).isZero();
    assertThat(prompt("found/pack")).isEqualTo(prompt("named/pack"));
    Run heldOut = trainOn(data, "held-out", "--task", "cb", "--hold-out", "0.4");
    assertThat(heldOut.code()).as(heldOut.err()).isZero();
    isRefused(
        trainOn(data, "no", "--task", "rte"),
        "no folder for task 'rte'",
        "--train FILE --dev FILE");
    String dev = cb.resolve("val.jsonl").toString();
    isRefused(
        trainOn(data, "no", "--task", "cb", "--dev", dev), "give either the folder or the files");
    isRefused(trainOn(data, "no", "--text", "premise", "--label", "label"), "add --task NAME");
    assertThat(folder.resolve("no")).doesNotExist();
  }

  private static void isRefused(Run run, String... words) {
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(words);
  }

  private static Run predict(String input, Path pack, String... more) {
    List<String> all = new ArrayList<>(List.of("predict", "--model", "bert-mini"));
    all.addAll(List.of("--precision", "fp32", "--pack", pack.toString()));
    all.addAll(List.of(more));
    return Run.withInput(input, all.toArray(String[]::new));
  }

  private static Run eval(Path pack, String file, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("eval", "--model", "bert-mini"));
    all.addAll(List.of("--precision", "fp32", "--pack", pack.toString()));
    all.addAll(List.of("--data", example(file).toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static Path pack(String task) {
    return folder.resolve("both").resolve("packs").resolve(task);
  }

  private static List<JsonNode> answers(Run run) throws IOException {
    List<JsonNode> answers = new ArrayList<>();
    for (String line : run.lines()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  @Test
  void tasksOverOnePromptHavePacksOfTheirOwn() throws IOException {
    assertThat(together.code()).as(together.err()).isZero();
    assertThat(together.out())
        .contains("mean", "cb.accuracy", "rte.accuracy", pack("cb") + "", pack("rte") + "")
        .contains("--start-from " + pack("cb"))
        .doesNotContainPattern("(?m)^(accuracy|macro_f1|mcc) "); // every figure says whose it is
    assertThat(folder.resolve("both").resolve("pack")).doesNotExist();
    JsonNode best =
        JSON.readTree(folder.resolve("both").resolve("result.json").toFile()).path("best");
    for (String task : List.of("cb", "rte")) {
      Run run = eval(pack(task), task + ".jsonl", "--json");
      assertThat(run.code()).as(run.err()).isZero();
      JsonNode report = JSON.readTree(run.out());
      assertThat(report.path("task").asText()).isEqualTo(task);
      assertThat(report.path("metrics").path("accuracy").asDouble())
          .isEqualTo(best.path(task + ".accuracy").asDouble());
    }
  }

  @Test
  void aRunStartsFromTheSharedPrompt() throws IOException {
    Run plain = train("plain", "cb", "cb.jsonl", "1", "--lr", "1e-9");
    Run warm =
        train("warm", "cb", "cb.jsonl", "1", "--lr", "1e-9", "--start-from", pack("cb") + "");
    assertThat(warm.code()).as(warm.err()).isZero();
    assertThat(prompt("warm/pack")).isNotEqualTo(prompt("plain/pack"));
    assertThat(plain.code()).isZero();
    Run longer =
        train(
            "longer",
            "cb",
            "cb.jsonl",
            "1",
            "--start-from",
            pack("rte").toString(),
            "--projection");
    assertThat(longer.code()).isEqualTo(2);
    assertThat(longer.err()).contains("projection").doesNotContain("\tat ");
    assertThat(folder.resolve("longer").resolve("result.json")).doesNotExist();
    Run other =
        train(
            "other", "cb", "cb.jsonl", "1", "--start-from", pack("cb") + "", "--method=head-only");
    assertThat(other.code()).as(other.out()).isEqualTo(2);
  }

  private static String prompt(String pack) throws IOException {
    return Files.readString(
        folder.resolve(pack).resolve("prompt.safetensors"), StandardCharsets.ISO_8859_1);
  }

  @Test
  void submissionsAreWhatTheServerReads() throws IOException {
    Path file = folder.resolve("CB.jsonl.out");
    String input = example("cb.jsonl").toString();
    Run run = predict("", pack("cb"), "--input", input, "--submission", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("5 rows answered in " + file);
    List<JsonNode> said = answers(predict("", pack("cb"), "--input", input));
    List<String> labels = said.stream().map(answer -> answer.path("label").asText()).toList();
    assertThat(labels).as("answers that differ").contains("entailment", "neutral");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      expected.add("{\"idx\":" + i + ",\"label\":\"" + labels.get(i) + "\"}");
    }
    assertThat(Files.readString(file, StandardCharsets.UTF_8))
        .isEqualTo(String.join("\n", expected) + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--input - --submission FILE | --input FILE",
        "--pack b=PACK --input CB --submission FILE | one --pack",
        "--submission FILE A B | --input FILE",
      })
  void submissionsAreOfOnePackAndOneFile(String options, String message) throws IOException {
    Path file = folder.resolve("never.jsonl");
    String args =
        options
            .replace("FILE", file.toString())
            .replace("PACK", pack("rte").toString())
            .replace("CB", example("cb.jsonl").toString());
    Run run = predict("", pack("cb"), args.split(" ", -1));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("submission", message);
    assertThat(file).doesNotExist();
  }

  /**
   * Matthews' correlation of what the pack for RTE answers to AX-b's rows, counted here; nothing
   * where all answers are the same.
   */
  private static OptionalDouble mccOfAnswers() throws IOException {
    Path file = example("axb.jsonl");
    List<JsonNode> answers =
        answers(
            predict(
                "",
                pack("rte"),
                "--input",
                file.toString(),
                "--text",
                "sentence1",
                "--pair",
                "sentence2"));
    List<String> rows = Files.readAllLines(file);
    assertThat(answers).hasSameSizeAs(rows);
    double[][] counts = new double[2][2];
    for (int i = 0; i < rows.size(); i++) {
      String right = JSON.readTree(rows.get(i)).path("label").asText();
      String answer = answers.get(i).path("label").asText();
      counts[right.equals("entailment") ? 1 : 0][answer.equals("entailment") ? 1 : 0]++;
    }
    double product =
        (counts[1][1] + counts[0][1])
            * (counts[1][1] + counts[1][0])
            * (counts[0][0] + counts[0][1])
            * (counts[0][0] + counts[1][0]);
    return product == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            (counts[1][1] * counts[0][0] - counts[0][1] * counts[1][0]) / Math.sqrt(product));
  }

  @Test
  void aPackAnswersTheRowsOfATaskWithItsLabels() throws IOException {
    Run diagnostic = eval(pack("rte"), "axb.jsonl", "--task", "axb", "--json");
    assertThat(diagnostic.code()).as(diagnostic.err()).isZero();
    JsonNode report = JSON.readTree(diagnostic.out());
    assertThat(report.path("task").asText()).isEqualTo("axb");
    assertThat(report.path("rows").asInt()).isEqualTo(5);
    OptionalDouble mcc = mccOfAnswers();
    if (mcc.isPresent()) {
      assertThat(report.path("metrics").path("mcc").asDouble())
          .isCloseTo(mcc.getAsDouble(), within(1e-9));
    } else {
      assertThat(report.path("metrics").path("mcc").isNull()).isTrue();
    }
    assertThat(report.path("metrics").fieldNames().next()).isEqualTo("mcc");
    Run gender = eval(pack("rte"), "axg.jsonl", "--task", "axg");
    assertThat(gender.out()).contains("axg on ", "gender_parity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cb | axb | axb.jsonl | cannot answer it: its labels are [entailment, contradiction",
        "rte | conll03 | ner.conll | is no task on labels",
        "rte | axbb | axb.jsonl | axb",
      })
  void aPackIsNotAskedForOtherLabels(String own, String task, String file, String message)
      throws IOException {
    Run run = eval(pack(own), file, "--task", task);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--calibrate | calibrate: ",
        "--words entailment=yes,contradiction=no,neutral=maybe | words: ",
        "--head verbalizer --words entailment | LABEL=WORD",
        "--head verbalizer --words entailment=yes | contradiction",
        "--template {premise} | mask",
        "--head pooler --template {premise}{mask} | linear head",
      })
  void wordsNeedACloze(String options, String message) throws IOException {
    Run run = train("cloze-never", "cb", "cb.jsonl", "1", options.split(" ", -1));
    assertThat(run.code()).as(run.out()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(folder.resolve("cloze-never").resolve("result.json")).doesNotExist();
  }

  @Test
  void aClozeOfOnesOwnIsCalibratedAndAnswers() throws IOException {
    Run run =
        train(
            "cloze",
            "cb",
            "cb.jsonl",
            "1",
            "--template",
            "{text_b}? {soft:4} {mask}, \"{text_a}\"",
            "--words",
            "entailment=yes,contradiction=no,neutral=maybe|perhaps",
            "--method",
            "p-tuning",
            "--calibrate");
    assertThat(run.code()).as(run.err()).isZero();
    Run asked = predict("", folder.resolve("cloze"), "A man sleeps.", "Somebody sleeps.");
    assertThat(asked.code()).as(asked.err()).isZero();
    assertThat(answers(asked).get(0).path("probabilities"))
        .hasSize(3)
        .allSatisfy(probability -> assertThat(probability.asDouble()).isBetween(0.0, 1.0));
  }

  @Test
  void whereAModelHasNoWordsPTuningHasALinearHead(@TempDir Path model) throws IOException {
    TinyData.modelWithoutWords(model);
    String[] options = {
      "train",
      "--model",
      model + "",
      "--task",
      "cb",
      "--method",
      "p-tuning",
      "--epochs",
      "1",
      "--train",
      example("cb.jsonl") + "",
      "--dev",
      example("cb.jsonl") + "",
      "--batch",
      "4",
      "--prompt-length",
      "3",
      "--precision",
      "fp32",
      "--out",
      folder.resolve("linear") + ""
    };
    Run run = Run.of(options);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("p-tuning usually answers in the model's words; this model has");
    assertThat(Files.readString(folder.resolve("linear/pack/prompt.json")))
        .contains("\"kind\" : \"sequence-classification\"");
    List<String> words = new ArrayList<>(List.of(options));
    words.set(words.size() - 1, folder.resolve("words") + "");
    words.addAll(List.of("--head", "verbalizer"));
    isRefused(
        Run.of(words.toArray(String[]::new)), "words are asked for", "no language-model head");
  }

  @Test
  void entitiesAreFoundInTextsAndInWords() throws IOException {
    Run run = train("people", "conll03", "ner.conll", "40", "--lr", "3e-2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("f1", "precision", "recall", "\"Some text\"");
    String rows =
        """
        {"text": "Ada Moor lives in Tarn ."}
        {"id": 7, "words": ["She", "sings", "."]}
        {"sentence": "Ada"}
        """;
    Run asked = predict(rows, folder.resolve("people"), "--input", "-");
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains("line 3");
    List<JsonNode> answers = answers(asked);
    assertThat(answers).hasSize(3);
    assertThat(answers.get(2).path("error").asText()).contains("neither 'words'");
    JsonNode first = answers.get(0);
    assertThat(first.path("words")).hasSize(6);
    assertThat(first.path("tags")).extracting(JsonNode::asText).contains("B-PER", "I-PER", "B-LOC");
    assertThat(first.path("entities")).hasSize(2);
    JsonNode person = first.path("entities").path(0);
    assertThat(person.path("type").asText()).isEqualTo("PER");
    assertThat(person.path("start").asInt()).isZero();
    assertThat(person.path("end").asInt()).isEqualTo("Ada Moor".length());
    assertThat(person.path("text").asText()).isEqualTo("Ada Moor");
    assertThat(answers.get(1).path("id").asInt()).isEqualTo(7);
    assertThat(answers.get(1).path("tags")).extracting(JsonNode::asText).containsOnly("O");
    assertThat(eval(folder.resolve("people"), "ner.conll").out()).contains("PER", "LOC");
  }

  /** A pack keeps how its tags are chosen, and is scored otherwise as another task. */
  @Test
  void aPackOfTagsIsScoredInTheOtherWayToo() throws IOException {
    Run run = train("argmax", "conll03", "ner.conll", "1", "--decoding", "argmax");
    assertThat(run.code()).as(run.err()).isZero();
    Path pack = folder.resolve("argmax");
    Path viterbi = folder.resolve("viterbi.yaml");
    Files.writeString(viterbi, "kind: entities\nname: best-sequence\ndecoding: viterbi\n");
    Run other = eval(pack, "ner.conll", "--task", viterbi.toString());
    assertThat(other.code()).as(other.err()).isZero();
    assertThat(other.out()).isNotEqualTo(eval(pack, "ner.conll").out()).contains("best-sequence");
    isRefused(eval(pack, "ner.conll", "--task", "sst2"), "is of another kind than 'conll03'");
  }

  @Test
  void questionsAreAnsweredFromTheirContext() throws IOException {
    Run run = train("reading", "squad2", "squad.json", "1");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("f1", "em", "best_f1");
    String context = "Ada \\ud83e\\udd80 sings in Tarn every morning.";
    Path rows = folder.resolve("questions.jsonl");
    Files.writeString(
        rows,
        "{\"id\": \"q1\", \"question\": \"Who sings?\", \"context\": \"" + context + "\"}\n",
        StandardCharsets.UTF_8);
    Run asked = predict("", folder.resolve("reading"), "--input", rows.toString());
    assertThat(asked.code()).as(asked.err()).isZero();
    JsonNode answer = answers(asked).get(0);
    assertThat(answer.path("id").asText()).isEqualTo("q1");
    assertThat(answer.has("answer")).isTrue();
    String said = JSON.readTree("\"" + context + "\"").asText();
    assertThat(answer.path("candidates"))
        .isNotEmpty()
        .allSatisfy(
            span ->
                assertThat(said.substring(span.path("start").asInt(), span.path("end").asInt()))
                    .isEqualTo(span.path("text").asText()));
  }

  @ParameterizedTest
  @CsvSource({
    "sequence-classification, cb.jsonl",
    "multiple-choice, copa.jsonl",
    "regression, similarity.jsonl",
    "multi-label, topics.jsonl",
    "entities, ner.jsonl",
    "question-answering, squad.json",
    "roles, roles.jsonl",
    "cloze, cb.jsonl",
  })
  void aDescribedTaskGoesTheWholeWay(String kind, String file) throws IOException {
    Path yaml = folder.resolve("own-" + kind + ".yaml");
    Run described = Run.of("init-task", yaml.toString(), "--kind", kind);
    assertThat(described.code()).as(described.err()).isZero();
    String data = example(file).toString();
    Run checked = Run.of("check-data", data, "--task", yaml.toString());
    assertThat(checked.code()).as(checked.out() + checked.err()).isZero();
    Run run = train("own-" + kind, yaml.toString(), file, "1");
    assertThat(run.code()).as(run.err()).isZero();
    Path out = folder.resolve("own-" + kind);
    Run scored = eval(out, file, "--json");
    assertThat(scored.code()).as(scored.err()).isZero();
    JsonNode best = JSON.readTree(out.resolve("result.json").toFile()).path("best");
    JsonNode metrics = JSON.readTree(scored.out()).path("metrics");
    String first = best.fieldNames().next();
    if (!kind.equals("question-answering")) { // its pack has a threshold that training had not
      // Not to the bit: a model that only answers has other products than one in training.
      assertThat(metrics.path(first).asDouble())
          .isCloseTo(best.path(first).asDouble(), within(1e-5));
    }
    assertThat(metrics.has(first)).isTrue();
  }

  /** Two relations of three facts each, one object of which is no word of the model. */
  private static Path facts(String name) throws IOException {
    Path files = Files.createDirectories(folder.resolve(name));
    String rows =
        """
        {"sub_label": "Paris", "obj_label": "france"}
        {"sub_label": "Rome", "obj_label": "italy"}
        {"sub_label": "Tarnby", "obj_label": "zzxqy"}
        """;
    for (String relation : List.of("P17", "P36")) {
      Files.writeString(files.resolve(relation + ".jsonl"), rows, StandardCharsets.UTF_8);
    }
    return files;
  }

  private static Run lama(String out, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("lama", "--model", "bert-mini"));
    all.addAll(List.of("--train", facts("facts") + "", "--dev", facts("facts") + ""));
    all.addAll(List.of("--precision", "fp32", "--epochs", "1"));
    all.addAll(List.of("--out", folder.resolve(out).toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  @Test
  void relationsAreProbedOnceAndGoneOnWith() throws IOException {
    Run first = lama("probes");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.lines()).hasSize(4);
    assertThat(first.out()).contains("hit@1", "hit@10", "mrr", "P17", "P36", "mean of relations");
    assertThat(first.err())
        .contains(
            "relation P36 (2 of 2)",
            "epoch 1",
            "1 bad row is left out: 1 row: the object is not one token");
    Path out = folder.resolve("probes");
    JsonNode means = JSON.readTree(out.resolve("lama.json").toFile()).path("means");
    double sum = 0;
    for (String relation : List.of("P17", "P36")) {
      JsonNode result = JSON.readTree(out.resolve(relation).resolve("result.json").toFile());
      assertThat(result.path("method").asText()).isEqualTo("p-tuning");
      assertThat(result.path("skipped_rows").asInt()).isEqualTo(2);
      sum += result.path("best").path("mrr").asDouble();
    }
    assertThat(means.path("mrr").asDouble()).isEqualTo(sum / 2);
    Run again = lama("probes");
    assertThat(again.code()).isZero();
    assertThat(again.err()).doesNotContain("epoch 1");
    assertThat(again.out()).isEqualTo(first.out());
    Files.delete(out.resolve("P36").resolve("result.json"));
    Run rest = lama("probes");
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.out()).isEqualTo(first.out());
    assertThat(out.resolve("P36").resolve("result.json")).isNotEmptyFile();
  }

  @Test
  void manualSentencesComeFromAFileOrATemplate() throws IOException {
    assertThat(lama("manual", "--method", "manual").err()).contains("relations: ", "P17");
    Path sentences = folder.resolve("relations.jsonl");
    Files.writeString(
        sentences,
        """
        {"relation": "P17", "template": "[X] is in [Y] ."}
        {"relation": "P36", "template": "[X] is a city of [Y] ."}
        """,
        StandardCharsets.UTF_8);
    Run run = lama("manual", "--method", "manual", "--relations", sentences.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(4);
    Run template =
        lama("template", "--method", "manual", "--template", "{subject} is a city in {mask}.");
    assertThat(template.code()).as(template.err()).isZero();
    assertThat(template.out()).isNotEqualTo(run.out());
  }

  @Test
  void aRelationWithoutFactsToTrainOnIsRefused() throws IOException {
    Path one = facts("one");
    Files.delete(one.resolve("P36.jsonl"));
    Run run =
        Run.of(
            "lama",
            "--model",
            "bert-mini",
            "--train",
            one.toString(),
            "--dev",
            facts("facts").toString(),
            "--out",
            folder.resolve("lama-one").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("dev: ", "would be without: P36");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--train NOWHERE | is no folder",
        "--train EMPTY | holds no relation",
        "--dev EMPTY | P17.jsonl does not exist",
      })
  void aFolderWithoutRelationsIsRefused(String options, String message) throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    String[] swap =
        options
            .replace("NOWHERE", folder.resolve("nowhere") + "")
            .replace("EMPTY", empty + "")
            .split(" ", -1);
    String facts = facts("facts").toString();
    boolean train = swap[0].equals("--train");
    Run run =
        Run.of(
            "lama",
            "--model",
            "bert-mini",
            "--train",
            train ? swap[1] : facts,
            "--dev",
            train ? facts : swap[1],
            "--out",
            folder.resolve("lama-never").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }
}
