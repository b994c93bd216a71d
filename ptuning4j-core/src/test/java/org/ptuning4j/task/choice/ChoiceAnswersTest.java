package org.ptuning4j.task.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.standard.Tasks;

/** Scores to answers, answers to measures and submissions, for tasks that choose. */
class ChoiceAnswersTest {

  private static final ChoiceTask TWO = choice("two", "candidates", List.of("a", "b"));
  private static final ChoiceTask LISTED = choice("listed", "candidates_column", "all");

  @TempDir Path folder;

  private static ChoiceTask choice(String name, String key, Object candidates) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", "multiple-choice");
    definition.put("name", name);
    definition.put("context", "text");
    definition.put(key, candidates);
    return (ChoiceTask) TaskKinds.standard().read(definition);
  }

  private static ChoiceExample example(Integer answer, Map<String, Object> columns) {
    return new ChoiceExample(1, "text", List.of("one", "two", "three"), answer, columns);
  }

  private InputFile file(String... lines) throws IOException {
    String text = String.join("\n", lines).replace('\'', '"') + "\n";
    return InputFile.of(Files.writeString(folder.resolve("data.jsonl"), text));
  }

  @Test
  void aChoiceIsOfTheHighestScore() {
    ChoiceAnswer answer =
        (ChoiceAnswer)
            new PreparedChoice(TWO)
                .answer(example(null, Map.of()), List.of(), List.of(new float[] {0, 1, 0.5f}));
    double sum = 1 + Math.E + Math.exp(0.5);
    assertThat(answer.index()).isEqualTo(1);
    assertThat(answer.text()).isEqualTo("two");
    assertThat(answer.probabilities().get(1)).isCloseTo(Math.E / sum, within(1e-6));
    assertThat(answer.fields())
        .isEqualTo(
            Map.of(
                "choice",
                1,
                "text",
                "two",
                "probability",
                answer.probabilities().get(1),
                "probabilities",
                answer.probabilities()));
  }

  @Test
  void anOptionIsAnAnswerWhereTheSecondScoreIsHigher() {
    MultiRcTask task = MultiRcTask.named("multirc", Truncations.PASSAGE_FIRST);
    PreparedMultiRc asked = new PreparedMultiRc(task);
    MultiRcExample yes = new MultiRcExample(1, 0, 0, 0, "P", "Q", "a", true);
    MultiRcExample no = new MultiRcExample(1, 0, 0, 1, "P", "Q", "b", false);
    MultiRcExample open = new MultiRcExample(1, 0, 0, 2, "P", "Q", "c", null);
    LabelAnswer answer = (LabelAnswer) asked.answer(yes, List.of(), List.of(new float[] {0, 1}));
    assertThat(answer.label()).isEqualTo("1");
    assertThat(asked.answer(yes, List.of(), List.of(new float[] {1, 0})))
        .extracting(other -> ((LabelAnswer) other).label())
        .isEqualTo("0");
    assertThat(List.of(asked.labelIndex(yes), asked.labelIndex(no), asked.labelIndex(open)))
        .containsExactly(OptionalInt.of(1), OptionalInt.of(0), OptionalInt.empty());
    assertThat(task.content(yes).labels()).containsExactly("1");
    assertThat(task.content(no).labels()).containsExactly("0");
    assertThat(task.content(open).labels()).isEmpty();
    assertThat(task.labels()).containsExactly("0", "1");
    assertThat(task.kind()).isEqualTo("multirc");
  }

  /** Two right answers of which one is found, and three wrong ones of which one is taken. */
  @Test
  void optionsAreMeasuredByLabel() {
    PreparedMultiRc asked =
        new PreparedMultiRc(MultiRcTask.named("multirc", Truncations.PASSAGE_FIRST));
    List<MultiRcExample> options = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    boolean[] truth = {true, true, false, false, false};
    boolean[] said = {true, false, true, false, false};
    for (int i = 0; i < truth.length; i++) {
      options.add(new MultiRcExample(1, 0, 0, i, "P", "Q", "a" + i, truth[i]));
      answers.add(
          asked.answer(options.get(i), said[i] ? new double[] {0, 1} : new double[] {1, 0}));
    }
    Scores scores = asked.score(options, answers);
    assertThat(scores.metrics()).containsEntry("f1a", 0.5).containsEntry("accuracy", 0.6);
    List<List<String>> rows = scores.tables().get(0).rows();
    assertThat(rows.get(0)).startsWith("no").contains("66.7", "3");
    assertThat(rows.get(1)).startsWith("yes").contains("50.0", "2");
  }

  @Test
  void anEntityIsJudgedByItself() {
    ReCordTask task = (ReCordTask) Tasks.standard().get("record");
    List<String> entities = List.of("Ada", "Bo", "Cy");
    ReCordExample example =
        new ReCordExample(1, 0, 5, "Ada met Bo, Cy.", "@placeholder left", entities, List.of());
    ChoiceAnswer answer =
        (ChoiceAnswer)
            new PreparedReCord(task)
                .answer(
                    example,
                    List.of(),
                    List.of(new float[] {-1}, new float[] {2}, new float[] {2}));
    assertThat(answer.text()).isEqualTo("Bo"); // of equals the first
    assertThat(answer.probabilities().get(0)).isCloseTo(1 / (1 + Math.E), within(1e-6));
    assertThat(answer.probabilities().get(1)).isCloseTo(1 / (1 + Math.exp(-2)), within(1e-6));
    assertThat(task.kind()).isEqualTo("record");
  }

  @Test
  void theColumnsThatAreReadAreNamed() {
    assertThat(TWO.inputs().fields())
        .extracting(TaskInputs.Field::name)
        .containsExactly("context", "candidate 1", "candidate 2");
    assertThat(LISTED.inputs().fields())
        .extracting(TaskInputs.Field::name)
        .containsExactly("context", "candidates");
    assertThat(TWO.content(example(1, Map.of())).labels()).containsExactly("candidate 2");
    assertThat(TWO.content(example(null, Map.of())).labels()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"a, 'text,b'", "b, 'text,a'", "text, 'a,b'"})
  void aMissingColumnIsAnErrorOfTheFile(String missing, String there) throws IOException {
    Path path = Files.writeString(folder.resolve("data.csv"), there + ",label\nx,y,0\n");
    assertThatThrownBy(() -> TWO.read(InputFile.of(path)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column '" + missing + "'");
    assertThatThrownBy(() -> TWO.readUnlabelled(InputFile.of(path)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column '" + missing + "'");
  }

  @Test
  void aMissingListIsAnErrorOfTheFile() throws IOException {
    InputFile file = file("{'text':'x','label':0}");
    assertThatThrownBy(() -> LISTED.read(file))
        .hasMessageContaining("has no column 'all' (the candidates)");
    assertThatThrownBy(() -> LISTED.readUnlabelled(file))
        .hasMessageContaining("has no column 'all' (the candidates)");
  }

  @Test
  void candidatesThatAreNoTextsAreNamedByTheirNumber() throws IOException {
    InputFile file =
        file(
            "{'text':'x','all':['a',null]}",
            "{'text':'x','all':['a','b',3]}",
            "{'text':'x','all':'a'}",
            "{'text':'x','all':['a','b']}");
    assertThat(LISTED.readUnlabelled(file).badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "column 'all': candidate 2 is null, must be a text",
            "column 'all': candidate 3 is '3', must be a text",
            "column 'all' is a, must be a list of two texts or more, or an object with such a list"
                + " under 'text'");
  }

  /** As the Hub's copies of ARC and CommonsenseQA write them; some of ARC count from 1. */
  @Test
  void candidatesMayHaveNames() throws IOException {
    InputFile file =
        file(
            "{'text':'x','all':{'text':['a','b','c'],'label':['A','B','C']},'label':'C'}",
            "{'text':'x','all':{'label':['1','2'],'text':['a','b']},'label':'1'}",
            "{'text':'x','all':{'text':['a','b']},'label':1}",
            "{'text':'x','all':{'text':['a','b'],'label':['A','B']},'label':'E'}",
            "{'text':'x','all':{'text':['a','b'],'label':['A']},'label':'A'}",
            "{'text':'x','all':{'label':['A','B']},'label':'A'}",
            "{'text':'x','all':{'text':['a','b'],'label':['A','B']},'label':''}");
    Examples<ChoiceExample> read = LISTED.read(file);
    assertThat(read.examples()).extracting(ChoiceExample::answer).containsExactly(2, 0, 1);
    assertThat(read.examples().get(0).candidates()).containsExactly("a", "b", "c");
    assertThat(read.badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "label column 'label' is 'E', which is none of the row's candidates: A, B",
            "column 'all' has 2 candidates under 'text' and [A] under 'label'; each must have a"
                + " name of its own",
            "column 'all' is {label=[A, B]}, must be a list of two texts or more, or an object with"
                + " such a list under 'text'",
            "label column 'label' is empty");
  }

  @Test
  void aLabelThatCanMeanTwoAsksForALetter() throws IOException {
    InputFile file = file("{'text':'x','all':['1','0','2'],'label':'1'}");
    assertThat(LISTED.read(file).badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "label column 'label' is '1', which can mean candidate 0 or 1 (counted from 0); write"
                + " its letter, A to C");
  }

  @Test
  void examplesKnowTheirLineAndName() throws IOException {
    InputFile file = file("", "{'text':'x','all':['a','b'],'id':'q7'}");
    ChoiceExample read = LISTED.readUnlabelled(file).examples().get(0);
    assertThat(read.line()).isEqualTo(2);
    assertThat(read.ids()).isEqualTo(Map.of("id", "q7")).isEqualTo(read.source().ids());
  }

  @Test
  void nestedFilesAreTheTasksOwn() throws IOException {
    InputFile multiRc = file("{'idx':0,'passage':{'text':'T','questions':[]}}");
    assertThat(ownFormat("multirc", multiRc)).contains(FileFormat.MULTIRC);
    assertThat(ownFormat("record", multiRc)).isEmpty();
    InputFile record = file("{'idx':0,'passage':{'text':'T'},'qas':[]}");
    assertThat(ownFormat("record", record)).contains(FileFormat.RECORD);
    assertThat(ownFormat("multirc", record)).isEmpty();
  }

  private static Optional<FileFormat> ownFormat(String name, InputFile file) {
    return file.look(input -> Tasks.standard().get(name).ownFormat(input));
  }

  /** A file for a server that does not know the task, or cannot match its lines, is no use. */
  @Test
  void whatNoServerCouldMatchIsRefused() {
    ChoiceTask copa = (ChoiceTask) Tasks.standard().get("copa");
    ChoiceExample zero = example(null, Map.of("idx", 0));
    ChoiceExample one = example(null, Map.of("idx", 1));
    assertThatCode(() -> copa.requireSubmittable(List.of(zero, one))).doesNotThrowAnyException();
    assertThatThrownBy(() -> copa.requireSubmittable(List.of(zero, zero)))
        .hasMessageContaining("idx 0 is that of an earlier example");
    assertThatThrownBy(() -> copa.requireSubmittable(List.of(example(null, Map.of()))))
        .hasMessageContaining("column 'idx' is missing");
    assertThatThrownBy(() -> TWO.requireSubmittable(List.of(zero)))
        .hasMessageStartingWith("task 'two' has no server format");
    Answer answer = ChoiceAnswer.of(List.of("one", "two", "three"), new double[] {0, 1, 0});
    assertThatThrownBy(() -> TWO.submission(List.of(zero), List.of(answer)))
        .hasMessageStartingWith("task 'two' has no server format");
  }

  @Test
  void ownNamesOfSuperGluesKindsHaveNoServer() {
    MultiRcTask multiRc = MultiRcTask.named("mine", Truncations.PASSAGE_FIRST);
    ReCordTask record = ReCordTask.named("mine", Truncations.PASSAGE_FIRST);
    for (Task<?> task : List.of(multiRc, record)) {
      assertThat(task.submissionFile()).isEmpty();
      assertThatThrownBy(() -> task.requireSubmittable(List.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("task 'mine' has no server format");
      assertThatThrownBy(() -> task.submission(List.of(), List.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("task 'mine' has no server format");
    }
    assertThat(Tasks.standard().get("multirc").submissionFile()).contains("MultiRC.jsonl");
    assertThat(Tasks.standard().get("record").submissionFile()).contains("ReCoRD.jsonl");
  }

  @Test
  void everyExampleNeedsItsAnswerAndANumberOfItsOwn() {
    MultiRcTask multiRc = (MultiRcTask) Tasks.standard().get("multirc");
    MultiRcExample option = new MultiRcExample(1, 0, 0, 0, "P", "Q", "a", null);
    assertThatThrownBy(() -> multiRc.submission(List.of(option), List.of()))
        .hasMessage("1 examples and 0 answers: there must be as many");
    ReCordTask record = (ReCordTask) Tasks.standard().get("record");
    Source named = Source.ofLine(1).withIds(Map.of("passage", 0, "query", 5));
    ReCordExample query =
        new ReCordExample(named, 0, 5, "Ada left.", "@placeholder left", List.of("Ada"), List.of());
    assertThatCode(() -> record.requireSubmittable(List.of(query))).doesNotThrowAnyException();
    assertThatThrownBy(() -> record.requireSubmittable(List.of(query, query)))
        .hasMessageContaining("idx 5 is that of an earlier example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[null]", "['Ada',' ']", "[7]", "'Ada'"})
  void entitiesAreTexts(String entities) throws IOException {
    ReCordTask record = (ReCordTask) Tasks.standard().get("record");
    String json = "{'passage':'p','query':'@placeholder q','entities':" + entities + "}";
    Row row = new TableReader().read(file(json)).rows().get(0);
    assertThatThrownBy(() -> record.readRow(row)).hasMessageStartingWith("column 'entities' ");
  }

  @Test
  void missingEntitiesAreNamed() {
    ReCordTask record = (ReCordTask) Tasks.standard().get("record");
    Row row = new Row(1, Map.of("passage", "p", "query", "@placeholder q"));
    assertThatThrownBy(() -> record.readRow(row))
        .hasMessage("column 'entities' is missing, must be a list of texts");
  }
}
