package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.MultiRcReader;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.question.ReCordReader;
import org.ptuning4j.data.question.SquadReader;
import org.ptuning4j.data.tagging.ConllReader;
import org.ptuning4j.data.tagging.EntityJsonReader;
import org.ptuning4j.data.tagging.RoleReader;

/** The readers of all but tables on the real data sets, where they are at hand. */
class SharedReadersTest {

  private static Path data;

  @BeforeAll
  static void findData() {
    Optional<Path> folder =
        Stream.of(System.getProperty("shared.dir"), "shared", "../shared", "../../shared")
            .filter(Objects::nonNull)
            .map(name -> Path.of(name, "data"))
            .filter(Files::isDirectory)
            .findFirst();
    assumeTrue(folder.isPresent(), "the shared data sets are not here (-Dshared.dir=DIR)");
    data = folder.get();
  }

  @ParameterizedTest
  @CsvSource({
    "squad/dev-v2.0.half.json,6078,3168",
    "squad/squad1.1-train-5pct.tokenised.json,4284,0",
  })
  void squadIsSound(String file, int questions, int impossible) {
    List<QuestionExample> read =
        new SquadReader().read(data.resolve(file)).usable(BadRowPolicy.REFUSE);
    assertThat(read).hasSize(questions);
    assertThat(read).filteredOn(QuestionExample::impossible).hasSize(impossible);
    assertThat(read).allMatch(q -> q.impossible() == q.answers().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "superglue/MultiRC/train.jsonl,5131,27243,12025",
    "superglue/MultiRC/val.jsonl,953,4848,2075",
    "fewglue/MultiRC/train.jsonl,32,154,68",
    "fewglue/MultiRC/dev32.jsonl,32,167,74",
  })
  void multiRcIsSound(String file, int questions, int options, int right) {
    List<MultiRcExample> read =
        new MultiRcReader().read(data.resolve(file)).usable(BadRowPolicy.REFUSE);
    assertThat(read).hasSize(options).filteredOn(MultiRcExample::label).hasSize(right);
    assertThat(read.stream().map(o -> List.of(o.paragraph(), o.question())).distinct())
        .hasSize(questions);
  }

  @Test
  void reCordIsSound() {
    for (String file : List.of("train.jsonl", "dev32.jsonl")) {
      List<ReCordExample> read =
          new ReCordReader()
              .read(data.resolve("fewglue/ReCoRD").resolve(file))
              .usable(BadRowPolicy.REFUSE);
      assertThat(read).hasSize(32).allMatch(q -> q.entities().containsAll(q.answers()));
      assertThat(read).noneMatch(q -> q.text().contains("@highlight"));
    }
  }

  @ParameterizedTest
  @CsvSource({"wnut17/wnut17train.conll,3394", "wnut17/emerging.dev.conll,1009"})
  void wnutIsSound(String file, int sentences) {
    assertThat(new ConllReader().read(data.resolve(file)).usable(BadRowPolicy.REFUSE))
        .hasSize(sentences);
  }

  @ParameterizedTest
  @CsvSource({"conll04/conll04_train.json,922", "conll04/conll04_dev.json,231"})
  void conll04IsSound(String file, int sentences) {
    assertThat(new EntityJsonReader().read(data.resolve(file)).usable(BadRowPolicy.REFUSE))
        .hasSize(sentences);
  }

  @ParameterizedTest
  @CsvSource({"propbank-ewt/train.jsonl,40391", "propbank-ewt/dev.jsonl,4913"})
  void propbankIsSound(String file, int frames) {
    assertThat(new RoleReader().read(data.resolve(file)).usable(BadRowPolicy.REFUSE))
        .hasSize(frames)
        .allMatch(frame -> frame.tags().get(frame.predicate()).endsWith("-V"));
  }
}
