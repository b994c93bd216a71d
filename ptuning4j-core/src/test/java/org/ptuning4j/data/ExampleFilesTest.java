package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.data.lama.LamaReader;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.MultiRcReader;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.question.ReCordReader;
import org.ptuning4j.data.question.SquadReader;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;

/** The small files that come with the library are in the layouts that they show. */
class ExampleFilesTest {

  @TempDir Path folder;

  @Test
  void squad() throws IOException {
    List<QuestionExample> questions =
        new SquadReader().read(file("squad.json")).usable(BadRowPolicy.REFUSE);
    assertThat(questions).hasSize(6).filteredOn(QuestionExample::impossible).hasSize(1);
    assertThat(questions)
        .as("an emoji stands before an answer")
        .anyMatch(q -> q.answers().stream().anyMatch(a -> isBehindAnEmoji(q, a)));
  }

  private static boolean isBehindAnEmoji(QuestionExample question, QuestionExample.Answer answer) {
    return question.context().codePointCount(0, answer.start()) < answer.start();
  }

  @Test
  void multiRc() throws IOException {
    List<MultiRcExample> options =
        new MultiRcReader().read(file("multirc.jsonl")).usable(BadRowPolicy.REFUSE);
    assertThat(options).extracting(MultiRcExample::paragraph).contains(0, 1, 2, 3);
    assertThat(options).extracting(MultiRcExample::label).contains(true, false);
  }

  @Test
  void reCord() throws IOException {
    List<ReCordExample> queries =
        new ReCordReader().read(file("record.jsonl")).usable(BadRowPolicy.REFUSE);
    assertThat(queries).hasSize(5).allMatch(query -> query.text().contains("\n- "));
    assertThat(queries).allMatch(query -> query.entities().containsAll(query.answers()));
  }

  @Test
  void lama() throws IOException {
    Path facts = file("lama/P1.jsonl");
    assertThat(new LamaReader().read(facts).usable(BadRowPolicy.REFUSE))
        .hasSize(5)
        .allMatch(fact -> fact.relation().equals("P1"));
    assertThat(new LamaReader().readRelations(file("lama/relations.jsonl"))).containsKey("P1");
  }

  @ParameterizedTest
  @CsvSource({
    "copa.jsonl,5,premise choice1 choice2 question label idx",
    "wic.jsonl,5,word sentence1 sentence2 label start1 start2 end1 end2 version idx",
    "wsc.jsonl,5,target label text idx",
    "cb.jsonl,5,premise hypothesis label idx",
    "rte.jsonl,5,premise hypothesis label idx",
    "boolq.jsonl,5,question passage label idx",
    "sst2.tsv,5,sentence label",
    "axb.jsonl,5,sentence1 sentence2 label logic idx",
    "axg.jsonl,4,hypothesis pair_id premise label idx",
  })
  void tablesHaveTheColumnsOfTheBenchmark(String name, int rows, String columns)
      throws IOException {
    Table table = new TableReader().read(file(name));
    assertThat(table.badRows()).isEmpty();
    assertThat(table.rows()).hasSize(rows);
    assertThat(table.columnNames()).containsExactly(columns.split(" ", -1));
    assertThat(new HashSet<>(table.rows().stream().map(row -> row.get("label")).toList()))
        .as("more than one label")
        .hasSizeGreaterThan(1);
  }

  @Test
  void wicMarksItsWord() throws IOException {
    for (Row row : new TableReader().read(file("wic.jsonl")).rows()) {
      for (String n : List.of("1", "2")) {
        String sentence = (String) row.get("sentence" + n);
        int start = (int) row.get("start" + n);
        String word = sentence.substring(start, (int) row.get("end" + n));
        assertThat(word)
            .isSubstringOf(sentence)
            .startsWith(((String) row.get("word")).substring(0, 2));
      }
    }
  }

  @Test
  void wscCountsWordsBetweenBlanks() throws IOException {
    for (Row row : new TableReader().read(file("wsc.jsonl")).rows()) {
      List<String> words = List.of(((String) row.get("text")).split(" ", -1));
      Map<?, ?> target = (Map<?, ?>) row.get("target");
      for (String n : List.of("1", "2")) {
        int index = (int) target.get("span" + n + "_index");
        String rest = String.join(" ", words.subList(index, words.size()));
        assertThat(rest).startsWith((String) target.get("span" + n + "_text"));
      }
    }
  }

  private Path file(String name) throws IOException {
    Path copy = folder.resolve(Path.of(name).getFileName().toString());
    try (InputStream in =
        SquadReader.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
      assertThat(in).as(name).isNotNull();
      Files.copy(in, copy);
    }
    return copy;
  }
}
