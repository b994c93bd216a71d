package org.ptuning4j.data.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import org.ptuning4j.data.input.TextInput;

/** Which form a file of questions has, and what is said of its faults. */
class NestedQuestionsTest {

  private static final String PARAGRAPH =
      "{'idx':3,'passage':{'text':'Mira packed a map.','questions':["
          + "{'idx':7,'question':'Who?','answers':[{'idx':0,'text':'Mira','label':1}]},"
          + "{'idx':8,'question':'What?','answers':[{'idx':0,'text':'A map'}]}]}}";

  private static final String PASSAGE =
      "{'idx':4,'passage':{'text':'Mia met Bo.','entities':[{'start':0,'end':2}]},'qas':["
          + "{'idx':1,'query':'@placeholder sang','answers':[{'text':'Mia'}]},"
          + "{'idx':2,'query':'@placeholder slept'}]}";

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text.replace('\'', '"') + "\n");
  }

  private interface Told {
    boolean in(TextInput input) throws IOException;
  }

  private boolean isNested(Told told, String text, FileFormat format) throws IOException {
    InputSettings settings = InputSettings.DEFAULT.withFormat(format);
    return InputFile.of(write("data.jsonl", text), settings).<Boolean>look(told::in);
  }

  @ParameterizedTest
  @EnumSource(FileFormat.class)
  void aFormatThatIsSetDecides(FileFormat format) throws IOException {
    String flat = "{'question':'Q','query':'q','passage':'p','context':'c'}";
    boolean auto = format == FileFormat.AUTO;
    for (String text : List.of(flat, PARAGRAPH, PASSAGE)) {
      assertThat(isNested(MultiRcReader::isNested, text, format))
          .isEqualTo(format == FileFormat.MULTIRC || (auto && text.equals(PARAGRAPH)));
      assertThat(isNested(ReCordReader::isNested, text, format))
          .isEqualTo(format == FileFormat.RECORD || (auto && text.equals(PASSAGE)));
    }
    String squad = "{'data':[{'paragraphs':[]}]}";
    assertThat(isNested(SquadReader::isNested, squad, format))
        .isEqualTo(format == FileFormat.SQUAD || auto);
    assertThat(isNested(SquadReader::isNested, flat, format)).isEqualTo(format == FileFormat.SQUAD);
  }

  /** An answer is matched to its question by the numbers, which a bad one has as well. */
  @Test
  void badQuestionsKeepTheirNumbers() throws IOException {
    BadRow question = new MultiRcReader().read(write("a.jsonl", PARAGRAPH)).badRows().get(0);
    assertThat(question.source().ids()).isEqualTo(Map.of("paragraph", 3, "question", 8));
    assertThat(question.lack()).isEqualTo(BadRow.Lack.ANSWER);
    BadRow query = new ReCordReader().read(write("b.jsonl", PASSAGE)).badRows().get(0);
    assertThat(query.source().ids()).isEqualTo(Map.of("passage", 4, "query", 2));
    assertThat(query.lack()).isEqualTo(BadRow.Lack.ANSWER);
    Path unnumbered = write("c.jsonl", PARAGRAPH.replace("'idx':8,", ""));
    assertThat(new MultiRcReader().read(unnumbered).badRows())
        .extracting(row -> row.source().ids())
        .containsExactly(Map.of("paragraph", 3));
    Path unnamed = write("d.jsonl", PASSAGE.replace("'idx':2,", ""));
    assertThat(new ReCordReader().read(unnamed).badRows())
        .extracting(row -> row.source().ids())
        .containsExactly(Map.of("passage", 4));
  }

  @Test
  void optionsAreCalledByTheirNumbers() throws IOException {
    Examples<MultiRcExample> read = new MultiRcReader().read(write("a.jsonl", PARAGRAPH));
    assertThat(read.examples().get(0).ids())
        .isEqualTo(Map.of("paragraph", 3, "question", 7, "answer", 0));
  }

  /** The same question about two paragraphs is two questions. */
  @Test
  void questionsOfDifferentParagraphsAreKeptApart() throws IOException {
    String row = "{'paragraph':'%s','question':'Who?','answer':'%s','label':1}";
    Path file =
        write(
            "a.jsonl",
            String.join(
                "\n",
                row.formatted("Mira left.", "Mira"),
                row.formatted("Bo left.", "Bo"),
                row.formatted("Mira left.", "she")));
    List<MultiRcExample> read = new MultiRcReader().read(file).usable(BadRowPolicy.REFUSE);
    assertThat(read).extracting(MultiRcExample::paragraph).containsExactly(0, 1, 0);
    assertThat(read)
        .extracting(e -> List.of(e.paragraph(), e.question(), e.answer()))
        .doesNotHaveDuplicates();
    assertThat(read.get(0).question()).isEqualTo(read.get(2).question());
  }

  @Test
  void oneOptionCanBeAskedWithoutNumbers() {
    MultiRcExample option =
        FlatMultiRc.toPredict(
            new Row(5, Map.of("passage", "Mira left.", "question", "Who?", "answer", "Mira")));
    assertThat(option.answerText()).isEqualTo("Mira");
    assertThat(option.line()).isEqualTo(5);
    assertThat(option.hasLabel()).isFalse();
    assertThatThrownBy(() -> FlatMultiRc.toPredict(new Row(5, Map.of("question", "Who?"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no 'paragraph'");
  }

  @Test
  void whatABadOptionTakesWithItLacksAnAnswerOnlyWhereOnesAreNeeded() throws IOException {
    String row = "{'paragraph':'P','question':'Q','answer':%s,'label':1}";
    Path file = write("a.jsonl", row.formatted("'a'") + "\n" + row.formatted("7"));
    assertThat(new MultiRcReader().read(file).badRows())
        .extracting(BadRow::lack)
        .containsExactly(BadRow.Lack.ANSWER, BadRow.Lack.NOTHING);
    assertThat(new MultiRcReader().readUnlabelled(file).badRows())
        .extracting(BadRow::lack)
        .containsExactly(BadRow.Lack.NOTHING, BadRow.Lack.NOTHING);
  }

  @Test
  void blankEntitiesAreNamedByTheirPlace() throws IOException {
    String row =
        "{'passage':'Mia met Bo.','query':'@placeholder sang','entities':['Mia','Bo',' ']}";
    assertThat(new ReCordReader().readUnlabelled(write("a.jsonl", row)).badRows())
        .extracting(BadRow::cause)
        .containsExactly("'entities[2]' is blank");
  }

  @Test
  void aQuestionWithoutAnswersLacksThem() throws IOException {
    String question = "{'id':'q','question':'Who?','context':'Mia met Bo.'}";
    Path file = write("a.jsonl", question);
    assertThat(new SquadReader().read(file).badRows())
        .extracting(BadRow::lack, row -> row.source().ids())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(BadRow.Lack.ANSWER, Map.of("id", "q")));
    assertThat(new SquadReader().readUnlabelled(file).usable(BadRowPolicy.REFUSE)).hasSize(1);
  }

  /** A file whose records show nothing is read as its name says. */
  @Test
  void theNameDecidesWhereTheRecordsSayNothing() throws IOException {
    Path lines = write("a.JSONL", "{'id':'q'}\n{'id':'r'}");
    assertThat(new SquadReader().read(lines).badRows())
        .extracting(BadRow::line)
        .containsExactly(1, 2);
    Path whole = write("a.json", "{'id':'q'}");
    assertThatThrownBy(() -> new SquadReader().read(whole))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no list 'data', which holds SQuAD's articles");
  }

  @Test
  void nothingIsNoArticle() throws IOException {
    InputSettings squad = InputSettings.DEFAULT.withFormat(FileFormat.SQUAD);
    InputFile blank = InputFile.of(write("a.json", " \n "), squad);
    assertThatThrownBy(() -> new SquadReader().read(blank))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nothing where SQuAD has an object");
  }

  @Test
  void examplesNeedATextAndAQuestion() {
    assertThatThrownBy(() -> new MultiRcExample(1, 0, 0, 0, " ", "Q", "a", true))
        .hasMessage("text is blank");
    assertThatThrownBy(() -> new MultiRcExample(1, 0, 0, 0, "T", " ", "a", true))
        .hasMessage("question is blank");
  }
}
