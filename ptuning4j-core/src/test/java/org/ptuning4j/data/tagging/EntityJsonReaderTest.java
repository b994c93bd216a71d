package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

class EntityJsonReaderTest {

  private static final String GOOD = "{\"words\":[\"a\",\"b\"],\"tags\":[\"B-X\",\"O\"]}";

  @TempDir Path folder;
  private SequenceFiles files;

  @BeforeEach
  void setUp() {
    files = new SequenceFiles(folder);
  }

  private static Examples<TaggedSentence> read(Path file) {
    return new EntityJsonReader().read(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ner.jsonl", "entities.json"})
  void theExamplesAreSound(String name) throws IOException {
    List<TaggedSentence> sentences = read(files.example(name)).usable(BadRowPolicy.REFUSE);
    assertThat(sentences).hasSize(2);
    assertThat(sentences.get(0).tags()).startsWith("B-PER", "I-PER", "O");
  }

  @Test
  void listsAndLinesHoldTheSame() throws IOException {
    String entities =
        "{\"tokens\":[\"a\",\"b\"],\"entities\":[{\"type\":\"X\",\"start\":0,\"end\":1,\"id\":7}],"
            + "\"relations\":[{\"deep\":[[]]}],\"orig_id\":1}";
    String other = "{\"tokens\":[\"a\",\"b\"],\"ner_tags\":[\"B-X\",\"O\"],\"tags\":null}";
    Path list = files.write("a", "\uFEFF \n[" + GOOD + ",\n\n" + entities + ",\n" + other + "]\n");
    Path lines = files.gzip("b", GOOD + "\n\n" + entities + "\n" + other);
    assertThat(read(list).usable(BadRowPolicy.REFUSE))
        .extracting(TaggedSentence::line)
        .containsExactly(2, 4, 5);
    assertThat(read(lines).usable(BadRowPolicy.REFUSE))
        .extracting(TaggedSentence::line)
        .containsExactly(1, 3, 4);
    for (Path file : List.of(list, lines)) {
      assertThat(read(file).examples())
          .hasSize(3)
          .allMatch(sentence -> sentence.words().equals(List.of("a", "b")))
          .allMatch(sentence -> sentence.tags().equals(List.of("B-X", "O")));
    }
  }

  @Test
  void theSchemeOfTheTagsIsToldAndOfEntitiesIsKnown() throws IOException {
    Path file =
        files.write(
            "a.jsonl",
            """
            {"words":["a","b"],"tags":["I-C-A","B-C-A"]}
            {"words":["a","b"],"entities":[{"type":"R-A","start":1,"end":2}]}
            {"words":["a","b"],"entities":[]}
            """);
    assertThat(read(file).usable(BadRowPolicy.REFUSE))
        .extracting(TaggedSentence::tags)
        .containsExactly(List.of("B-C-A", "B-C-A"), List.of("O", "B-R-A"), List.of("O", "O"));
    Examples<TaggedSentence> held = new EntityJsonReader().withScheme(TagScheme.IOBES).read(file);
    assertThat(held.examples()).hasSize(2);
    SequenceFiles.assertOneBad(held, 1, "'I-C-A' at word 1 continues nothing in IOBES");
  }

  @Test
  void sentencesToBeTaggedNeedNoTags() throws IOException {
    Path file =
        files.write(
            "a.jsonl",
            """
            {"words":["a"]}
            {"tokens":["b"],"tags":[1,2],"entities":"none"}
            {"tags":["O"]}
            """);
    Examples<TaggedSentence> read = new EntityJsonReader().readUnlabelled(file);
    assertThat(read.examples())
        .containsExactly(
            new TaggedSentence(1, List.of("a"), List.of(), 0),
            new TaggedSentence(2, List.of("b"), List.of(), 0));
    SequenceFiles.assertOneBad(read, 3, "there is neither 'words' nor 'tokens'");
  }

  @Test
  void eachSentenceOfADocumentKnowsItsPlace() throws IOException {
    Path file =
        files.write(
            "documents.json",
            """
            [{"sentences":[{"words":["a"]},{"words":[]},{"words":["b"]}]},
            {"sentences":[{"words":["c"],"tags":["O"]}]}]
            """);
    Examples<TaggedSentence> read = new EntityJsonReader().readUnlabelled(file);
    assertThat(read.examples())
        .extracting(sentence -> sentence.source().record() + "/" + sentence.source().part())
        .containsExactly("1/1", "1/3", "2/1");
    assertThat(read.badRows()).singleElement().asString().contains("sentence 2: there is no word");
    assertThat(read.badRows().get(0).source().part()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'words':['a','b'],'tags':['O']}|1 tags for 2 words; each word needs one",
        "{'words':['a'],'tags':[]}|0 tags for 1 words",
        "{'words':[],'tags':[]}|there is no word",
        "{'words':['a',''],'tags':['O','O']}|word 2 is blank",
        "{'words':['a'],'tags':['PER']}|'PER' at word 1 is no tag of IOB2",
        "{'words':['a'],'tags':['O-PER']}|'O-PER' at word 1 is no tag of IOB2",
        "{'words':['a'],'tags':[3]}|'3' at word 1 is no tag of IOB2 (O, B-LABEL, I-LABEL); if it is"
            + " the number of a tag, set tag_names",
        "{'words':['a'],'tags':[0.5]}|'tags[0]' is the number 0.5, must be a text",
        "{'words':['a'],'tags':'O'}|'tags' is the text 'O', must be a list",
        "{'words':'a','tags':['O']}|'words' is the text 'a', must be a list",
        "{'words':[null],'tags':['O']}|'words[0]' is null, must be a text",
        "{'words':['\\ud800'],'tags':['O']}|'words[0]' holds half of a character",
        "{'word':['a'],'tags':['O']}|there is neither 'words' nor 'tokens'",
        "{'words':['a']}|there is neither 'tags' nor 'ner_tags' nor 'entities'",
        "{'words':['a'],'entities':{}}|'entities' is an object, must be a list",
        "{'words':['a'],'entities':[7]}|'entities[0]' is the number 7, must be an object",
        "{'words':['a'],'entities':[{'start':0,'end':1}]}|no 'entities[0].type'",
        "{'words':['a'],'entities':[{'type':' ','start':0,'end':1}]}|'entities[0].type' is blank",
        "{'words':['a'],'entities':[{'type':'X','start':0.5,'end':1}]}|"
            + "'entities[0].start' is the number 0.5, must be the index of a word",
        "{'words':['a'],'entities':[{'type':'X','start':1,'end':1}]}|"
            + "a span from word 1 to before word 1 holds no word",
        "{'words':['a'],'entities':[{'type':'X','start':-1,'end':1}]}|"
            + "a span from word -1 to before word 1 holds no word",
        "{'words':['a'],'entities':[{'type':'X','start':0,'end':2}]}|"
            + "X from word 0 to before word 2 goes beyond the 1 words",
        "{'words':['a','b'],'entities':[{'type':'X','start':0,'end':2},"
            + "{'type':'Y','start':1,'end':2}]}|Y (words 2 to 2) overlaps X (words 1 to 2)",
        "{'words':['a'],'words':['a'],'tags':['O']}|words",
      })
  void aBadObjectIsNamedInListsAndInLines(String object, String cause) throws IOException {
    String bad = object.replace('\'', '"');
    Examples<TaggedSentence> lines = read(files.write("a", GOOD + "\n" + bad + "\n" + GOOD));
    assertThat(lines.examples()).extracting(TaggedSentence::line).containsExactly(1, 3);
    SequenceFiles.assertOneBad(lines, 2, cause);
    Examples<TaggedSentence> list =
        read(files.write("b", "[\n" + GOOD + ",\n" + bad + ",\n" + GOOD + "]"));
    assertThat(list.examples()).extracting(TaggedSentence::line).containsExactly(2, 4);
    SequenceFiles.assertOneBad(list, 3, cause);
  }

  @ParameterizedTest
  @CsvSource({
    "'[%s,\n7,\n%s]', 2, a JSON value that is no object, 2",
    "'[%s,\n"
        + "{\"words\":[\"a\"', 2, it breaks off (is the file cut off?); nothing after it is read,"
        + " 1",
    "'[%s', 1, it breaks off (is the file cut off?); nothing after it is read, 1",
    "'[%s\n%s]', 2, not valid JSON at column, 1",
    "'[%s]\n[%s,7]', 2, a JSON value that is no object, 2",
    "'%s\n[%s]', 2, a JSON list; each record must be an object, 1",
    "'%s\n{\"words\":[\"a\"', 2, not valid JSON at column, 1",
    "'%s\n7', 2, a JSON value that is no object, 1",
  })
  void brokenJsonIsNamedAtItsLine(String text, int line, String cause, int sound)
      throws IOException {
    Path file = files.write("a", text.replace("%s", GOOD));
    assertThat(read(file).examples()).hasSize(sound);
    SequenceFiles.assertOneBad(read(file), line, cause);
  }

  @Test
  void latin1IsNamedAtItsLine() throws IOException {
    String bad = GOOD.replace('b', '\u00fc');
    Path list = files.write("a", "[" + GOOD + ",\n" + bad + "]", StandardCharsets.ISO_8859_1);
    Examples<?> fromList = read(list);
    assertThat(fromList.examples()).hasSize(1);
    SequenceFiles.assertOneBad(fromList, 2, "Invalid UTF-8");
    Path lines = files.write("b", GOOD + "\n" + bad + "\n" + GOOD, StandardCharsets.ISO_8859_1);
    Examples<?> fromLines = read(lines);
    assertThat(fromLines.examples()).hasSize(2);
    SequenceFiles.assertOneBad(fromLines, 2, "(0xFC) is not UTF-8");
  }

  @Test
  @Tag("large")
  void aLongLineOrTextIsNeverHeld() throws IOException {
    Path lines = files.withLongLine("a", GOOD + "\n{\"words\":[\"", "\"]}\n" + GOOD);
    assertThat(read(lines).examples()).hasSize(2);
    SequenceFiles.assertOneBad(read(lines), 2, "bytes long, at most 16,777,216 are read");
    Path list = files.withLongLine("b", "[" + GOOD + ",\n{\"words\":[\"", "\"]}]");
    assertThat(read(list).examples()).hasSize(1);
    SequenceFiles.assertOneBad(read(list), 2, "exceeds the maximum allowed (16777216");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ' is empty'",
    "'\n \n\t\n', ' holds no rows'",
    "'[]', ' holds no rows'",
  })
  void aFileWithoutObjectsIsRefused(String text, String cause) throws IOException {
    Path file = files.write("a", text);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + cause);
  }

  @ParameterizedTest
  @ValueSource(strings = {GOOD + "\n", "[" + GOOD + "]"})
  void aCutGzipIsRefused(String text) throws IOException {
    Path file = files.cutGzip("a.gz", text);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file + " cannot be read");
  }
}
