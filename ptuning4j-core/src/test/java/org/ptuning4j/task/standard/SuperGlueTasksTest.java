package org.ptuning4j.task.standard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedLabelledTask;
import org.ptuning4j.task.Tables;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.choice.ChoiceExample;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.choice.MultiRcTask;
import org.ptuning4j.task.choice.PreparedChoice;
import org.ptuning4j.task.choice.PreparedMultiRc;
import org.ptuning4j.task.choice.PreparedReCord;
import org.ptuning4j.task.choice.ReCordTask;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;

/** SuperGLUE's tasks: what is read, what models are given, and what its server gets. */
class SuperGlueTasksTest {

  @TempDir static Path folder;

  private static TextTokenizer tokenizer;
  private static ItemEncoder encoder;

  @BeforeAll
  static void openTokenizer() throws IOException {
    tokenizer = open(folder);
    encoder = new ItemEncoder(tokenizer, 512);
  }

  @AfterAll
  static void closeTokenizer() {
    tokenizer.close();
  }

  /** A tokenizer with a token for each of a few words; any other word is one token as well. */
  static TextTokenizer open(Path folder) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(
        model.resolve("vocab.txt"),
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nbecause\nso\nit\na\n.\n,\n?\n",
        UTF_8);
    return TextTokenizer.open(model);
  }

  static Path example(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = Task.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file;
  }

  private static Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n", UTF_8);
  }

  private static Task<?> standard(String name) {
    return Tasks.standard().get(name);
  }

  private static ChoiceTask copa() {
    return (ChoiceTask) standard("copa");
  }

  private static PreparedChoice askedCopa() {
    return new PreparedChoice(copa());
  }

  private static <E extends Example> PreparedLabelledTask<E> asked(LabelledTask<E> task) {
    return task.prepare(Preparation.complete(tokenizer));
  }

  private static List<Answer> copies(Answer answer, int times) {
    return IntStream.range(0, times).mapToObj(i -> answer).toList();
  }

  @Test
  void copaReadsThePremiseWithItsConnective() throws IOException {
    Examples<ChoiceExample> read = copa().read(example("copa.jsonl"));
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples())
        .extracting(ChoiceExample::context)
        .startsWith("The candle went out. because", "Nora forgot to water the fern. so");
    ChoiceExample second = read.examples().get(1);
    Item item = askedCopa().items(second, encoder).get(0);
    assertThat(item.rows()).hasSize(2);
    assertThat(item.target()).contains(new Target.Choice(1));
    assertThat(askedCopa().fields(second))
        .containsEntry("connective", "so")
        .containsEntry("choice2", "Its leaves turned brown.")
        .containsEntry("premise", "Nora forgot to water the fern.");
    assertThat(askedCopa().candidates(second)).hasSize(2);
    assertThat(askedCopa().answer(second, new double[] {0.2, 0.8}).text())
        .isEqualTo("Its leaves turned brown.");
  }

  @Test
  void copaRowsThatCannotBeUsedSayWhy() throws IOException {
    Path file =
        file(
            "copa-bad.jsonl",
            "{\"premise\":\"a\",\"choice1\":\"b\",\"choice2\":\"c\",\"question\":\"why\",\"label\":0}",
            "{\"premise\":\"a\",\"choice1\":\"b\",\"choice2\":\"c\",\"question\":\"cause\",\"label\":2}",
            "{\"premise\":\"a\",\"choice1\":\"b\",\"choice2\":\"c\",\"question\":\"cause\"}",
            "{\"premise\":\"a\",\"choice1\":\"b\",\"choice2\":\""
                + " \",\"question\":\"cause\",\"label\":1}",
            "{\"premise\":\"a\",\"choice1\":\"b\",\"choice2\":\"c\",\"question\":\"effect\",\"label\":\"c\"}");
    Examples<ChoiceExample> read = copa().read(file);
    assertThat(read.badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "column 'question' is 'why', must be one of " + words(),
            "label column 'label' is '2', must be a candidate's index (0 to 1), its letter (A to"
                + " B) or its text",
            "label column 'label' is empty",
            "column 'choice2' is empty");
    assertThat(read.examples()).singleElement().matches(e -> e.answer() == 1);
    assertThat(copa().readUnlabelled(file).examples()).hasSize(3);
  }

  private static String words() {
    return String.join(", ", copa().wording().orElseThrow().words().keySet());
  }

  @Test
  void copaIsSubmittedWithNumbers() throws IOException {
    List<ChoiceExample> two = copa().read(example("copa.jsonl")).examples().subList(0, 2);
    List<Answer> answers =
        List.of(
            askedCopa().answer(two.get(0), new double[] {0.9, 0.1}),
            askedCopa().answer(two.get(1), new double[] {0.4, 0.6}));
    assertThat(copa().submissionFile()).contains("COPA.jsonl");
    assertThat(copa().submission(two, answers))
        .isEqualTo("{\"idx\":0,\"label\":0}\n{\"idx\":1,\"label\":1}\n");
    assertThat(askedCopa().score(two, answers).metrics()).containsEntry("accuracy", 1.0);
  }

  @Test
  void multiRcAsksEachOption() throws IOException {
    MultiRcTask task = (MultiRcTask) standard("multirc");
    PreparedMultiRc asked = new PreparedMultiRc(task);
    List<MultiRcExample> examples = task.read(example("multirc.jsonl")).examples();
    MultiRcExample first = examples.get(0);
    assertThat(asked.fields(first))
        .containsEntry("text_b", "What did Mira carry with her? A map")
        .containsEntry("answer", "A map");
    assertThat(asked.items(first, encoder))
        .singleElement()
        .satisfies(item -> assertThat(item.target()).contains(new Target.Choice(1)));
    assertThat(asked.items(first, new ItemEncoder(tokenizer, 20)).get(0).longest()).isEqualTo(20);
    List<Answer> right = new ArrayList<>();
    examples.forEach(
        e -> right.add(asked.answer(e, e.label() ? new double[] {0, 1} : new double[] {1, 0})));
    assertThat(asked.score(examples, right).metrics())
        .isEqualTo(Map.of("f1a", 1.0, "em", 1.0, "accuracy", 1.0));
    Answer no = asked.answer(first, new double[] {1, 0});
    assertThat(asked.score(examples, copies(no, examples.size())).metrics())
        .containsEntry("f1a", 0.0);
  }

  @Test
  void multiRcIsSubmittedNested() {
    MultiRcTask task = (MultiRcTask) standard("multirc");
    PreparedMultiRc asked = new PreparedMultiRc(task);
    List<MultiRcExample> examples =
        List.of(
            new MultiRcExample(1, 7, 0, 0, "p", "q", "a", null),
            new MultiRcExample(1, 7, 0, 1, "p", "q", "b", null),
            new MultiRcExample(1, 7, 1, 2, "p", "r", "", null),
            new MultiRcExample(2, 9, 0, 0, "p", "q", "a", null));
    Answer yes = asked.answer(examples.get(0), new double[] {0.1, 0.9});
    Answer no = asked.answer(examples.get(0), new double[] {0.9, 0.1});
    assertThat(task.submission(examples, List.of(yes, no, yes, no)))
        .isEqualTo(
            String.join(
                "\n",
                List.of(
                    "{\"idx\":7,\"passage\":{\"questions\":[{\"idx\":0,\"answers\":[{\"idx\":0,"
                        + "\"label\":1},{\"idx\":1,\"label\":0}]},{\"idx\":1,\"answers\":[{\"idx\":2,"
                        + "\"label\":1}]}]}}",
                    "{\"idx\":9,\"passage\":{\"questions\":[{\"idx\":0,\"answers\":[{\"idx\":0,"
                        + "\"label\":0}]}]}}",
                    "")));
    assertThat(asked.fields(examples.get(2))).containsEntry("text_b", "r");
  }

  @Test
  void recordWeighsEachEntityByItself() throws Exception {
    ReCordTask task = (ReCordTask) standard("record");
    PreparedReCord asked = new PreparedReCord(task);
    List<ReCordExample> examples = task.read(example("record.jsonl")).examples();
    ReCordExample first = examples.get(0);
    List<Item> items = asked.items(first, encoder);
    assertThat(items).hasSameSizeAs(first.entities());
    assertThat(items)
        .filteredOn(item -> item.target(Target.LabelSet.class).applies().get(0))
        .hasSize(1);
    int right = first.entities().indexOf(first.answers().get(0));
    List<float[]> scores = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      scores.add(new float[] {i == right ? 90 : 80}); // of which no probability can tell
    }
    Answer answer = asked.answer(first, items, scores);
    assertThat(answer.text()).isEqualTo("Jonas Weil");
    assertThat(asked.score(List.of(first), List.of(answer)).metrics())
        .isEqualTo(Map.of("f1", 1.0, "em", 1.0));
    assertThat(task.submission(List.of(first), List.of(answer)))
        .isEqualTo("{\"idx\":" + first.queryIdx() + ",\"label\":\"Jonas Weil\"}\n");
    ReCordExample served =
        task.readRow(
            new Row(
                1,
                Map.of(
                    "passage", "Ada met Bo.",
                    "query", "@placeholder was met.",
                    "entities", List.of("Ada", "Bo", "Ada"))));
    assertThat(served.entities()).containsExactly("Ada", "Bo");
    assertThat(asked.items(served, encoder)).noneMatch(Item::hasTarget);
    assertThatThrownBy(() -> task.readRow(new Row(1, Map.of("passage", "a", "query", "b"))))
        .hasMessageContaining("@placeholder");
  }

  @Test
  void wicHasTwoForms() throws IOException {
    SequenceClassificationTask plain = (SequenceClassificationTask) standard("wic");
    SequenceClassificationTask marked = (SequenceClassificationTask) standard("wic-marked");
    Path file = example("wic.jsonl");
    TextExample one = plain.read(file).examples().get(0);
    assertThat(one.text())
        .isEqualTo(
            "They had a picnic on the bank of the stream. The bank closes at four. Does bank have"
                + " the same meaning in both sentences?");
    assertThat(one.pair()).isNull();
    TextExample two = marked.read(file).examples().get(0);
    assertThat(two.text()).isEqualTo("bank: They had a picnic on the bank of the stream.");
    assertThat(two.pair()).isEqualTo("bank: The bank closes at four.");
    Answer yes = asked(plain).answer(one, new double[] {0.1, 0.9});
    assertThat(plain.submission(List.of(one), List.of(yes)))
        .isEqualTo("{\"idx\":0,\"label\":\"true\"}\n");
    assertThat(marked.submissionFile()).contains("WiC.jsonl");
  }

  @Test
  void wscHasTwoForms() throws IOException {
    WscTask plain = (WscTask) standard("wsc");
    WscTask marked = (WscTask) standard("wsc-marked");
    Path file = example("wsc.jsonl");
    assertThat(plain.read(file).badRows()).isEmpty();
    TextExample one = plain.read(file).examples().get(0);
    assertThat(one.text())
        .isEqualTo("it: The kettle would not fit under the tap because it was too tall.");
    assertThat(one.pair()).isEqualTo("The kettle");
    assertThat(marked.read(file).examples().get(0).text())
        .isEqualTo("#The kettle# would not fit under the tap because *it* was too tall.");
    Answer yes = asked(plain).answer(one, new double[] {0.1, 0.9});
    assertThat(plain.submission(List.of(one), List.of(yes)))
        .isEqualTo("{\"idx\":0,\"label\":\"True\"}\n");
    assertThat(Tasks.standard().get("wsc").presets()).hasSize(2);
  }

  private static String wsc(String text, int first, String noun, int second, String pronoun) {
    return "{\"target\":{\"span1_index\":"
        + first
        + ",\"span1_text\":\""
        + noun
        + "\",\"span2_index\":"
        + second
        + ",\"span2_text\":\""
        + pronoun
        + "\"},\"label\":true,\"text\":\""
        + text
        + "\",\"idx\":0}";
  }

  @Test
  void wscSpansHaveToStandWhereTheRowSays() {
    WscTask task = (WscTask) standard("wsc-marked");
    Examples<TextExample> read =
        task.examples(
            Tables.jsonl(
                wsc("Bob said that he left.", 0, "Bob", 2, "he"), // one too low, as a few are
                wsc("Then \\\"Bob\\\" left; he, too.", 1, "bob", 3, "he,"),
                wsc("Bob  saw that he left.", 0, "Bob", 4, "he"), // two spaces count twice
                wsc("Bob saw that he left.", 1, "Bob", 3, "he"),
                wsc("Bob saw that he left.", 0, "Bob", 9, "he"),
                wsc("Bob saw that hens left.", 0, "Bob", 3, "he"),
                wsc("Bob saw that he left.", 0, "Bob saw", 1, "saw"),
                "{\"target\":{\"span1_text\":\"Bob\"},\"label\":true,\"text\":\"Bob\",\"idx\":0}"));
    assertThat(read.examples())
        .extracting(TextExample::text)
        .containsExactly(
            "#Bob# said that *he* left.",
            "Then \"#Bob#\" left; *he*, too.",
            "#Bob#  saw that *he* left.");
    assertThat(read.badRows())
        .extracting(BadRow::line, BadRow::cause)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                4, "'span1_text' is 'Bob', yet the text has 'saw' at word 1 (counted from 0)"),
            org.assertj.core.api.Assertions.tuple(
                5, "'span2_text' is 'he', yet the text has '' at word 9 (counted from 0)"),
            org.assertj.core.api.Assertions.tuple(
                6, "'span2_text' is 'he', yet the text has 'hens' at word 3 (counted from 0)"),
            org.assertj.core.api.Assertions.tuple(7, "the spans 'Bob saw' and 'saw' overlap"),
            org.assertj.core.api.Assertions.tuple(
                8, "'span1_index' is missing, must be the number of a word, from 0 on"));
  }

  @Test
  void parityIsTheShareOfPairsWithOneAnswer() throws IOException {
    WinogenderTask task = (WinogenderTask) standard("axg");
    PreparedClassification asked = task.prepare(Preparation.complete(tokenizer));
    List<TextExample> examples = task.read(example("axg.jsonl")).examples();
    Answer yes = asked.answer(examples.get(0), new double[] {1, 0});
    Answer no = asked.answer(examples.get(0), new double[] {0, 1});
    // Truth: yes yes | no no. The first pair agrees, both wrong; the second does not.
    assertThat(asked.score(examples, List.of(no, no, no, yes)).metrics())
        .containsExactly(Map.entry("accuracy", 0.25), Map.entry("gender_parity", 0.5));
    assertThat(asked.score(examples.subList(0, 1), List.of(yes)).metrics())
        .containsExactly(Map.entry("accuracy", 1.0));
    assertThat(task.submission(examples.subList(0, 1), List.of(no)))
        .isEqualTo("{\"idx\":0,\"label\":\"not_entailment\"}\n");
  }

  /** The official file numbers every line; its pairs are neighbours with one hypothesis. */
  @Test
  void officialPairsAreNeighbours() {
    WinogenderTask task = (WinogenderTask) standard("axg");
    PreparedClassification asked = task.prepare(Preparation.complete(tokenizer));
    String line =
        "{\"hypothesis\":\"%s\",\"pair_id\":%d,\"premise\":\"%s\",\"label\":\"entailment\",\"idx\":0}";
    List<TextExample> examples =
        task.examples(
                Tables.jsonl(
                    line.formatted("He fixed it.", 551, "Ada phoned as she had time."),
                    line.formatted("He fixed it.", 552, "Ada phoned as he had time."),
                    line.formatted("It broke.", 553, "The lamp fell because she left."),
                    line.formatted("She left.", 554, "Mira waved."),
                    line.formatted("She left.", 555, "Mira waved back.")))
            .examples();
    Answer yes = asked.answer(examples.get(0), new double[] {1, 0});
    Answer no = asked.answer(examples.get(0), new double[] {0, 1});
    assertThat(asked.score(examples, List.of(yes, yes, yes, yes, no)).metrics())
        .containsExactly(Map.entry("accuracy", 0.8), Map.entry("gender_parity", 0.5));
  }

  /** As in lines 235 and 381 of the official training file. */
  @Test
  void spansOfWscMayBreakTheirLineElsewhere() {
    WscTask task = (WscTask) standard("wsc-marked");
    String line =
        "{\"target\":{\"span2_index\":6,\"span1_index\":0,\"span1_text\":\"The  old\\nkettle\","
            + "\"span2_text\":\"it\"},\"idx\":1,\"label\":false,\"text\":\"The old kettle fell and"
            + " then it\\nbroke.\"}";
    assertThat(task.examples(Tables.jsonl(line)).badRows()).isEmpty();
    assertThat(task.examples(Tables.jsonl(line)).examples().get(0).text())
        .isEqualTo("#The old kettle# fell and then *it*\nbroke.");
    assertThat(task.examples(Tables.jsonl(line.replace("old\\nkettle", "oldkettle"))).badRows())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "rte,0,entailment",
    "rte,1,not_entailment",
    "axb,1,not_entailment",
    "axg,0,entailment",
    "cb,2,neutral",
    "cb,1,contradiction",
    "boolq,1,true",
    "wic,0,false",
    "boolq,true,true",
    "sst2,1,1",
  })
  void exportedCopiesNumberTheLabels(String name, String number, String label) throws IOException {
    String columns =
        "{\"premise\":\"p\",\"hypothesis\":\"h\",\"sentence1\":\"a\",\"sentence2\":\"b\",\"word\":\"w\","
            + "\"question\":\"q\",\"passage\":\"t\",\"sentence\":\"s\",\"label\":%s}";
    Path file = Files.writeString(folder.resolve("x.jsonl"), columns.formatted(number));
    Task<?> task = standard(name);
    assertThat(task.read(file).examples())
        .extracting(example -> ((TextExample) example).label())
        .containsExactly(label);
    Files.writeString(file, columns.formatted("-1"));
    assertThat(task.read(file).badRows())
        .extracting(BadRow::lack)
        .containsExactly(BadRow.Lack.ANSWER);
    assertThat(task.readUnlabelled(file).examples()).hasSize(1);
  }

  @Test
  void diagnosticsAreReadAsTheirModelWasTrained() throws IOException {
    SequenceClassificationTask axb = (SequenceClassificationTask) standard("axb");
    SequenceClassificationTask rte = (SequenceClassificationTask) standard("rte");
    assertThat(axb.primaryMetric()).isEqualTo("mcc");
    assertThat(axb.read(example("axb.jsonl")).badRows()).isEmpty();
    assertThat(rte.putAlike(axb)).isSameAs(axb);
    WinogenderTask axg = (WinogenderTask) standard("axg");
    assertThat(rte.putAlike(axg)).isSameAs(axg);
    assertThat(ClozeTask.of(rte).putAlike(axb))
        .isInstanceOfSatisfying(ClozeTask.class, cloze -> assertThat(cloze.base()).isSameAs(axb));
    assertThatThrownBy(() -> standard("cb").putAlike(axb))
        .hasMessage(
            "task 'axb' has the labels [entailment, not_entailment], so a model trained on 'cb'"
                + " cannot answer it: its labels are [entailment, contradiction, neutral]");
    assertThatThrownBy(() -> standard("record").putAlike(axb)).hasMessageContaining("cannot");
  }

  @Test
  void sst2IsSubmittedInColumns() throws IOException {
    SequenceClassificationTask sst2 = (SequenceClassificationTask) standard("sst2");
    Path test = file("test.tsv", "index\tsentence", "0\tan odd \"film", "1\tgood");
    List<TextExample> examples = sst2.readUnlabelled(test).examples();
    assertThat(examples.get(0).text()).isEqualTo("an odd \"film");
    Answer bad = asked(sst2).answer(examples.get(0), new double[] {0.9, 0.1});
    Answer good = asked(sst2).answer(examples.get(0), new double[] {0.2, 0.8});
    assertThat(sst2.submissionFile()).contains("SST-2.tsv");
    assertThat(sst2.submission(examples, List.of(bad, good)))
        .isEqualTo("index\tprediction\n0\t0\n1\t1\n");
    Path copied = file("copied.jsonl", "{\"sentence\":\"good\",\"label\":-1,\"idx\":7}");
    assertThat(sst2.submission(sst2.readUnlabelled(copied).examples(), List.of(good)))
        .isEqualTo("index\tprediction\n7\t1\n");
    List<TextExample> dev = sst2.read(example("sst2.tsv")).examples().subList(0, 1);
    assertThatThrownBy(() -> sst2.submission(dev, List.of(bad)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "line 2: column 'index' is missing, must be the number by which the server knows the"
                + " example");
  }

  @ParameterizedTest
  @CsvSource({"rte,RTE.jsonl", "cb,CB.jsonl", "boolq,BoolQ.jsonl", "axb,AX-b.jsonl"})
  void labelsAreSubmittedAsTheyAre(String name, String file) throws IOException {
    SequenceClassificationTask task = (SequenceClassificationTask) standard(name);
    List<TextExample> examples = task.read(example(name + ".jsonl")).examples();
    double[] second = new double[task.labels().size()];
    second[1] = 1;
    Answer answer = asked(task).answer(examples.get(0), second);
    assertThat(task.submissionFile()).contains(file);
    assertThat(task.submission(examples.subList(0, 1), List.of(answer)))
        .isEqualTo("{\"idx\":0,\"label\":\"" + task.labels().get(1) + "\"}\n");
    assertThatThrownBy(
            () ->
                task.submission(List.of(examples.get(0), examples.get(0)), List.of(answer, answer)))
        .hasMessageContaining("idx 0 is that of an earlier example");
    assertThatThrownBy(() -> task.submission(examples, List.of(answer)))
        .hasMessageContaining("1 answers");
  }

  @Test
  void ownTasksHaveNoServer() {
    SequenceClassificationTask own =
        SequenceClassificationTask.onText("own", Template.column("text"), "label");
    assertThat(own.submissionFile()).isEmpty();
    assertThatThrownBy(() -> own.submission(List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("task 'own' has no server format");
  }

  @ParameterizedTest
  @CsvSource({
    "copa,superglue/COPA/train.jsonl,400",
    "copa,superglue/COPA/val.jsonl,100",
    "wic,superglue/WiC/train.jsonl,5428",
    "wic-marked,superglue/WiC/val.jsonl,638",
    "multirc,superglue/MultiRC/val.jsonl,4848",
    "record,fewglue/ReCoRD/train.jsonl,32",
  })
  void realFilesAreUsable(String task, String name, int examples) {
    Path file = shared().resolve("data").resolve(name);
    assumeTrue(Files.exists(file), () -> "no " + name + " (-Dshared.dir=DIR)");
    Examples<?> read = standard(task).read(file);
    assertThat(read.badRows()).isEmpty();
    if (task.equals("record")) {
      assertThat(read.examples()).hasSizeGreaterThanOrEqualTo(examples);
    } else {
      assertThat(read.examples()).hasSize(examples);
    }
  }

  private static Path shared() {
    return Stream.of(System.getProperty("shared.dir"), "../shared", "../../shared")
        .filter(Objects::nonNull)
        .map(Path::of)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(Path.of("shared"));
  }
}
