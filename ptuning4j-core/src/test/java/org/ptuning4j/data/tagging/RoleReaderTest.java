package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;

class RoleReaderTest {

  private static final String GOOD =
      "{\"words\":[\"a\",\"b\"],\"predicate\":1,\"tags\":[\"O\",\"B-V\"]}";

  @TempDir Path folder;
  private SequenceFiles files;

  @BeforeEach
  void setUp() {
    files = new SequenceFiles(folder);
  }

  private static Examples<RoleFrame> read(Path file) {
    return new RoleReader().read(file);
  }

  /** The tags of a sentence with one predicate, its cells separated by blanks. */
  private List<String> tags(String cells) throws IOException {
    String[] cell = cells.split(" ", -1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cell.length; i++) {
      String predicate = cell[i].contains("(V") ? "see" : "-";
      text.append("w").append(i).append(' ').append(predicate).append(' ').append(cell[i]);
      text.append('\n');
    }
    List<RoleFrame> frames =
        read(files.write("roles.txt", text.toString())).usable(BadRowPolicy.REFUSE);
    assertThat(frames).hasSize(1);
    return frames.get(0).tags();
  }

  @ParameterizedTest
  @CsvSource({"roles.jsonl,2,B-ARG0", "roles.conll05,1,B-A0", "roles.conll12,1,B-ARG0"})
  void theExamplesAreSound(String name, int frames, String agent) throws IOException {
    List<RoleFrame> read = read(files.example(name)).usable(BadRowPolicy.REFUSE);
    assertThat(read).hasSize(frames);
    assertThat(read.get(0).predicate()).isEqualTo(1);
    assertThat(read.get(0).lemma()).isEqualTo("sell");
    assertThat(read.get(0).tags()).startsWith(agent, "B-V");
  }

  @ParameterizedTest
  @CsvSource({
    "(A0* *) (V*) (A1*), B-A0 I-A0 B-V B-A1",
    "(A0*A0) (V*V) (A1* *A1), B-A0 B-V B-A1 I-A1",
    "(A1*) (V*) (C-A1* *) (R-A1*), B-A1 B-V B-C-A1 I-C-A1 B-R-A1",
    "(A0*) (A0*) (V*), B-A0 B-A0 B-V",
    "* (V* *) *, O B-V I-V O",
    "(A0(AM-LOC*) *) (V*), B-A0 I-A0 B-V",
    "(A0* (X*) (Y*)) (V*), B-A0 I-A0 I-A0 B-V",
    "(V(X*)), B-V",
  })
  void bracketsBecomeTags(String cells, String tags) throws IOException {
    assertThat(tags(cells)).containsExactly(tags.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "(A1* (V*) *), B-A1 B-V B-A1",
    "(A1(V*) *), B-V B-A1",
    "(A1* (V*)), B-A1 B-V",
    "(A1(V*)), B-V",
    "(A1* (V* *) *), B-A1 B-V I-V B-A1",
    "(A1(X(V*)) *), B-V B-A1",
    "(A1(V(V*)) *), B-V B-A1",
    "(A0*) (A1* (V*) *) (A2*), B-A0 B-A1 B-V B-A1 B-A2",
  })
  void aVerbWithinABracketKeepsItsTag(String cells, String tags) throws IOException {
    assertThat(tags(cells)).containsExactly(tags.split(" ", -1));
  }

  @Test
  void aSentenceMakesAFrameForEachPredicate() throws IOException {
    Path file =
        files.write(
            "a.txt",
            """
            Ada - (A0*) (A0*)
            came come (V*) *
            saw see * (V*)

            no -
            verb -

            go go (V*)
            """);
    assertThat(read(file).usable(BadRowPolicy.REFUSE))
        .containsExactly(
            frame(1, 1, List.of("Ada", "came", "saw"), 1, List.of("B-A0", "B-V", "O"), "come"),
            frame(1, 2, List.of("Ada", "came", "saw"), 2, List.of("B-A0", "O", "B-V"), "see"),
            frame(8, 1, List.of("go"), 0, List.of("B-V"), "go"));
  }

  @Test
  void ontonotesHasItsOwnColumns() throws IOException {
    Path file =
        files.write(
            "a",
            """
            #begin document (x); part 000
            x 0 0 # NN * - - - - * * (3
            x 0 1 saw VBD * see 01 - - * (V*) -
            #end document
            #begin document (x); part 001
            x 1 0 no NN * - - - - * -
            """);
    assertThat(read(file).usable(BadRowPolicy.REFUSE))
        .containsExactly(frame(2, 1, List.of("#", "saw"), 1, List.of("O", "B-V"), "see"));
    Path empty = files.write("b", Files.readString(file).replace(" saw ", " [WORD] "));
    SequenceFiles.assertOneBad(read(empty), 3, "the word is [WORD]");
  }

  @Test
  void columnsCanBeNamed() throws IOException {
    Path file = files.write("a", "1 Ada NN - (A0*)\n2 ran VB run (V*)\n");
    RoleReader reader = new RoleReader().withFormat(RoleFormat.CONLL05).withColumns(2, 4);
    assertThat(reader.read(file).usable(BadRowPolicy.REFUSE))
        .containsExactly(frame(1, 1, List.of("Ada", "ran"), 1, List.of("B-A0", "B-V"), "run"));
  }

  @Test
  void jsonHoldsOneFrameOrSeveral() throws IOException {
    Path file =
        files.write(
            "a",
            "{\"words\":[\"\u0085a\",\"\u2028b\"],\"predicate\":1,\"tags\":[\"B-C-A1\",\"B-V\"]}\n"
                + "{\"tokens\":[\"a\"],\"frames\":[]}\n"
                + "{\"tokens\":[\"a\",\"b\"],\"frames\":["
                + "{\"predicate\":0,\"tags\":[\"B-V\",\"O\"],\"lemma\":\"a\"},"
                + "{\"predicate\":1,\"tags\":[\"B-R-A0\",\"B-V\"]}]}\n");
    assertThat(read(file).usable(BadRowPolicy.REFUSE))
        .containsExactly(
            new RoleFrame(1, List.of("\u0085a", "\u2028b"), 1, List.of("B-C-A1", "B-V"), null),
            frame(3, 1, List.of("a", "b"), 0, List.of("B-V", "O"), "a"),
            frame(3, 2, List.of("a", "b"), 1, List.of("B-R-A0", "B-V"), null));
  }

  @Test
  void predicatesToBeLabelledNeedNoTags() throws IOException {
    Path json =
        files.write("a", "{\"words\":[\"a\"],\"predicate\":0}\n" + GOOD.replace("B-V", "?"));
    Path columns = files.write("b", "a -\nb see\nc go\n");
    Path tagged = files.write("c", "a - ?\nb see ?\n");
    assertThat(new RoleReader().readUnlabelled(json).usable(BadRowPolicy.REFUSE))
        .containsExactly(
            new RoleFrame(1, List.of("a"), 0, List.of(), null),
            new RoleFrame(2, List.of("a", "b"), 1, List.of(), null));
    assertThat(new RoleReader().readUnlabelled(columns).usable(BadRowPolicy.REFUSE))
        .containsExactly(
            frame(1, 1, List.of("a", "b", "c"), 1, List.of(), "see"),
            frame(1, 2, List.of("a", "b", "c"), 2, List.of(), "go"))
        .noneMatch(RoleFrame::hasTags);
    assertThat(new RoleReader().readUnlabelled(tagged).usable(BadRowPolicy.REFUSE)).hasSize(1);
    SequenceFiles.assertOneBad(
        read(columns), 1, "the sentence has 0 columns of arguments for 2 predicates");
  }

  @ParameterizedTest
  @CsvSource({
    "a - *|b see (V*|c - *, 2, '(V*' opens a bracket that is not closed (column 3)",
    "a - *)|b see (V*), 1, '*)' closes a bracket that is not open (column 3)",
    "a - *|b see (V*)), 2, '(V*))' closes a bracket that is not open",
    "a - *|b see (V*A0), 2, '(V*A0)' closes A0 where V is open",
    "a - (A*|b see (B*|c - (C*), 1, '(A*' opens a bracket that is not closed",
    "a - *|b see V, 2, 'V' is no bracket cell",
    "a - *|b see (V*)x, 2, '(V*)x' is no bracket cell",
    "a - *|b see x(V*), 2, 'x(V*)' is no bracket cell",
    "a - *|b see (*), 2, '(*)' is no bracket cell",
    "a - *|b see (V**), 2, '(V**)' is no bracket cell",
    "a - *|b see (V)*), 2, '(V)*)' is no bracket cell",
    "a - *|b see (V*(), 2, '(V*()' is no bracket cell",
    "a - *|b -  (V*), 1, the sentence has 1 column of arguments for 0 predicates",
    "a see *|b see (V*), 1, the sentence has 1 column of arguments for 2 predicates",
    "a - * *|b see (V*) *, 1, the sentence has 2 columns of arguments for 1 predicate",
    "a - *|b see, 2, 2 columns where the sentence's first word has 3",
    "a - *|b, 2, '1 column; at least 2 are needed, the words in column 1 and the predicates'",
    "a - *|\u3000 see (V*), 2, column 1 should hold a word and is blank",
    "a - *|b see (\u3000*), 2, is no bracket cell",
  })
  void aBadSentenceIsNamedAtItsFirstBadLine(String lines, int line, String cause)
      throws IOException {
    Path file = files.write("a", "g go (V*)\n\n" + lines.replace("|", "\n") + "\n\nh see (V*)\n");
    assertThat(read(file).examples()).hasSize(2);
    SequenceFiles.assertOneBad(read(file), line + 2, cause);
  }

  @Test
  void theFirstOpenBracketOfAllColumnsIsNamed() throws IOException {
    Path file = files.write("a", "a - * (A0*\nb see (V* *\nc go * (V*)\n");
    SequenceFiles.assertOneBad(
        read(file), 1, "'(A0*' opens a bracket that is not closed (column 4)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'words':['a'],'predicate':1,'tags':['O']}|predicate is 1, outside the sentence",
        "{'words':['a'],'predicate':-1,'tags':['O']}|predicate is -1, outside the sentence",
        "{'words':['a'],'predicate':'a','tags':['O']}|"
            + "'predicate' is the text 'a', must be the index of a word, counted from 0",
        "{'words':['a'],'tags':['O']}|there is neither 'predicate' nor 'frames'",
        "{'words':['a'],'predicate':0}|there are no 'tags'",
        "{'words':['a'],'predicate':0,'tags':[]}|0 tags for 1 words; each word needs one",
        "{'words':['a'],'predicate':0,'tags':['O','O']}|2 tags for 1 words",
        "{'words':['a'],'predicate':0,'tags':['I-V']}|'I-V' at word 1 continues nothing in IOB2",
        "{'words':['a'],'predicate':0,'tags':['O-V']}|'O-V' at word 1 is no tag of IOB2",
        "{'words':['a'],'predicate':0,'tags':['O'],'lemma':7}|'lemma' is the number 7",
        "{'predicate':0,'tags':['O']}|there is neither 'words' nor 'tokens'",
        "{'words':[],'predicate':0,'tags':[]}|there is no word",
        "{'words':['a'],'frames':[],'predicate':0}|there are both 'predicate' and 'frames'",
        "{'words':['a'],'frames':7}|'frames' is the number 7, must be a list",
        "{'words':['a'],'frames':[7]}|'frames[0]' is the number 7, must be an object",
        "{'words':['a'],'frames':[{'predicate':0,'tags':['O']},{'predicate':1,'tags':['O']}]}|"
            + "'frames[1]': predicate is 1, outside the sentence",
        "{'words':['a'],'frames':[{'tags':['O']}]}|'frames[0]': no 'predicate'",
        "{'words':['a'|not valid JSON at column",
        "[{'words':['a']}]|a JSON list; each record must be an object",
      })
  void aBadObjectIsNamedAtItsLine(String object, String cause) throws IOException {
    Path file = files.write("a", GOOD + "\n" + object.replace('\'', '"') + "\n" + GOOD);
    assertThat(read(file).examples()).extracting(RoleFrame::line).containsExactly(1, 3);
    SequenceFiles.assertOneBad(read(file), 2, cause);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[" + GOOD + "]", "[\n" + GOOD + "\n]\n"})
  void aListIsReadAsLinesAre(String text) throws IOException {
    assertThat(read(files.write("a", text)).usable(BadRowPolicy.REFUSE)).hasSize(1);
  }

  @Test
  void latin1IsNamedAtItsByte() throws IOException {
    Path columns =
        files.write("a", "a go (V*)\n\n\u00fc go (V*)\n\nb go (V*)\n", StandardCharsets.ISO_8859_1);
    assertThat(read(columns).examples()).hasSize(2);
    SequenceFiles.assertOneBad(read(columns), 3, "byte 1 of the line (0xFC) is not UTF-8");
    Path json =
        files.write("b", GOOD + "\n" + GOOD.replace('a', '\u00fc'), StandardCharsets.ISO_8859_1);
    SequenceFiles.assertOneBad(read(json), 2, "(0xFC) is not UTF-8");
  }

  @Test
  @Tag("large")
  void aLongLineIsNeverHeld() throws IOException {
    Path columns = files.withLongLine("a", "a go (V*)\n\n", " go (V*)\n\nb go (V*)\n");
    Examples<?> fromColumns = read(columns);
    assertThat(fromColumns.examples()).hasSize(2);
    SequenceFiles.assertOneBad(fromColumns, 3, "the line is 20,971,528 bytes long");
    Path json = files.withLongLine("b", GOOD + "\n{\"words\":[\"", "\"]}\n" + GOOD);
    Examples<?> fromJson = read(json);
    assertThat(fromJson.examples()).hasSize(2);
    SequenceFiles.assertOneBad(fromJson, 2, "bytes long, at most 16,777,216 are read");
  }

  @Test
  void endlessBracketsNeitherOverflowNorFillTheMessage() throws IOException {
    Path open = files.write("a", "a go " + "(A".repeat(200_000) + "*\n");
    SequenceFiles.assertOneBad(read(open), 1, "…' opens a bracket that is not closed");
    Path closed = files.write("b", "a go *" + ")".repeat(200_000) + "\n");
    SequenceFiles.assertOneBad(read(closed), 1, "…' closes a bracket that is not open");
    Path nested =
        files.write("c", "a go " + "(A".repeat(100_000) + "*" + ")".repeat(100_000) + "\n");
    assertThat(read(nested).usable(BadRowPolicy.REFUSE).get(0).tags()).containsExactly("B-A");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ' is empty'",
    "'\n \n\t\n', ' holds no predicate, read as conll05'",
    "'a -\nb -\n', ' holds no predicate, read as conll05'",
    "'#begin document (x); part 000\n', ' holds no predicate, read as conll12'",
    "'{\"words\":[\"a\"],\"frames\":[]}\n', ' holds no predicate, read as jsonl'",
  })
  void aFileWithoutPredicatesIsRefused(String text, String cause) throws IOException {
    Path file = files.write("a", text);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + cause);
  }

  @ParameterizedTest
  @ValueSource(strings = {GOOD + "\n", "a go (V*)\n"})
  void gzipIsReadAndACutOneIsRefused(String text) throws IOException {
    Examples<RoleFrame> packed = read(files.gzip("a", text));
    assertThat(packed.usable(BadRowPolicy.REFUSE))
        .isEqualTo(read(files.write("b", text)).examples());
    Path cut = files.cutGzip("c.gz", text);
    assertThatThrownBy(() -> read(cut))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(cut + " cannot be read");
    Path header = Files.write(folder.resolve("d.gz"), new byte[] {0x1f, (byte) 0x8b, 8});
    assertThatThrownBy(() -> read(header))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(header + " cannot be read: it breaks off (is the file cut off?)");
  }

  @ParameterizedTest
  @EnumSource(RoleFormat.class)
  void formatsAreReadBack(RoleFormat format) {
    assertThat(RoleFormat.parse(format.label())).isEqualTo(format);
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> RoleFormat.parse("conll09"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'conll09' is not one of auto, jsonl, conll05, conll12");
    assertThatThrownBy(() -> new RoleReader().withColumns(2, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("wordColumn is 2, must be before predicateColumn 2");
    assertThatThrownBy(() -> new RoleReader().withColumns(0, 2))
        .hasMessageContaining("wordColumn is 0");
    assertThatThrownBy(() -> new RoleFrame(1, List.of("a"), 1, List.of(), null))
        .hasMessageContaining("predicate is 1, outside the sentence");
  }

  /** One of the frames of a sentence, counted from 1. */
  private static RoleFrame frame(
      int line, int part, List<String> words, int predicate, List<String> tags, String lemma) {
    return new RoleFrame(Source.ofLine(line).withPart(part), words, predicate, tags, lemma);
  }
}
