package org.ptuning4j.registry.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.registry.BucketRegistry;
import org.ptuning4j.registry.ObjectStore;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.RegistryPacks;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import software.amazon.awssdk.services.s3.S3Client;

/** A registry in a bucket of a server with S3's interface. */
class S3RegistryTest {

  private static final Duration SELDOM = Duration.ofHours(1);

  @TempDir static Path folder;
  private static S3Server server;
  private static S3Client client;
  private static Path pack;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(folder, "packs");
    client = server.client();
    pack = train(folder);
  }

  /** A pack of little training. */
  static Path train(Path folder) throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        """
        {"text": "A delight.", "label": "good"}
        {"text": "What a bore.", "label": "bad"}
        """);
    SequenceClassificationTask task =
        SequenceClassificationTask.onText("mood", Template.column("text"), "label");
    TrainingConfig config =
        TrainingConfig.builder().method(PTuningV2.ofLength(4)).learningRate(1e-2).epochs(1).build();
    new Training(Models.resolve("bert-mini"), task, config)
        .run(TrainingData.of(rows, rows), folder.resolve("run"), TrainingListener.silent());
    return folder.resolve("run/pack");
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static ObjectStore store(String prefix) {
    return new S3ObjectStore(client, "packs", prefix);
  }

  @Test
  void writesHaveConditions() throws IOException {
    ObjectStore store = store("conditions");
    assertThat(store.get("a")).isEmpty();
    assertThat(store.tag("a")).isEmpty();
    assertThat(store.replace("a", "\"0123456789abcdef0123456789abcdef\"", "x")).isEmpty();
    String first = store.create("a", "one").orElseThrow();
    assertThat(store.create("a", "two")).isEmpty();
    assertThat(store.tag("a")).contains(first);
    String second = store.replace("a", first, "two").orElseThrow();
    assertThat(store.replace("a", first, "three")).isEmpty();
    assertThat(store.get("a").orElseThrow().content()).isEqualTo("two");
    assertThat(store.get("a").orElseThrow().tag()).isEqualTo(second);
    Path file = Files.writeString(folder.resolve("file"), "of a file");
    assertThat(store.create("b", file)).isTrue();
    assertThat(store.create("b", file)).isFalse();
    assertThat(store.copy("b", folder.resolve("copy"))).isTrue();
    assertThat(folder.resolve("copy")).hasContent("of a file");
    assertThat(store.copy("c", folder.resolve("none"))).isFalse();
    assertThat(store("other").get("a")).as("another prefix").isEmpty();
  }

  @Test
  void aPackIsPublishedAndServedElsewhere() {
    ObjectStore store = store("served");
    try (BucketRegistry here = BucketRegistry.open(store, folder.resolve("here"), SELDOM)) {
      here.registry().publish(pack, "mood", "", Optional.empty());
      here.registry().promote(PackReference.of("mood", 1), "prod");
    }
    try (BucketRegistry there = BucketRegistry.open(store, folder.resolve("there"), SELDOM)) {
      RegistryPacks packs =
          new RegistryPacks(there.registry().folder(), Optional.of("prod"), Trust.anyone());
      try (Predictor predictor =
          Predictor.open(
              Models.resolve("bert-mini"), PredictorOptions.standard().withSource(packs))) {
        assertThat(predictor.answer(Request.of("mood", "A delight.")).text()).isIn("good", "bad");
      }
    }
  }

  private static int publish(BucketRegistry bucket) {
    return bucket.registry().publish(pack, "mood", "", Optional.empty()).facts().version();
  }

  /** Who was overtaken by another machine makes the change again: nothing is lost. */
  @Test
  void aChangeThatIsOvertakenIsMadeAgain() {
    ObjectStore store = store("race");
    AtomicReference<Runnable> other = new AtomicReference<>();
    try (BucketRegistry one = BucketRegistry.open(store, folder.resolve("one"), SELDOM);
        BucketRegistry two =
            BucketRegistry.open(new OvertakenStore(store, other), folder.resolve("two"), SELDOM)) {
      assertThat(publish(one)).isEqualTo(1);
      other.set(() -> assertThat(publish(one)).isEqualTo(2));
      assertThat(publish(two)).isEqualTo(3);
      other.set(() -> one.registry().promote(PackReference.of("mood", 1), "prod"));
      two.registry().promote(PackReference.of("mood", 2), "prod");
      one.refresh();
      assertThat(one.registry().history()).isEqualTo(two.registry().history()).hasSize(5);
      assertThat(one.registry().show(PackReference.parse("mood@prod")).facts().version())
          .isEqualTo(2);
      assertThat(one.registry().rollback("mood", "prod")).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeReachedIsNamed() {
    ObjectStore none = new S3ObjectStore(client, "no-such-bucket", "x");
    assertThatThrownBy(() -> none.get("a"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("s3://no-such-bucket/x");
    assertThatThrownBy(() -> new S3ObjectStore(client, "packs", "/a"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("prefix: '/a'");
    assertThatThrownBy(() -> new S3ObjectStore(client, " ", ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("bucket: no bucket is named");
  }
}
