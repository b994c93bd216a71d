package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.engine.Precision;

/** A predictor that finds its packs in a registry. */
class RegistryPacksTest {

  @TempDir private Path work;
  private Path folder;
  private Registry registry;

  @BeforeEach
  void publish() {
    folder = work.resolve("registry");
    registry = Registry.openOrCreate(folder);
    registry.publish(SamplePacks.write(work.resolve("one"), 1), "mood", "", Optional.empty());
    registry.publish(SamplePacks.write(work.resolve("two"), 2), "mood", "", Optional.empty());
    registry.publish(SamplePacks.write(work.resolve("three"), 3), "topic", "", Optional.empty());
    registry.promote(PackReference.parse("mood@1"), "prod");
  }

  private RegistryPacks packs(Optional<String> alias) {
    return new RegistryPacks(folder, alias, Trust.anyone());
  }

  @Test
  void aTaskIsWhatAnAliasPointsTo() {
    RegistryPacks prod = packs(Optional.of("prod"));
    assertThat(prod.names()).containsExactly("mood");
    assertThat(prod.folder("mood")).contains(folder.resolve("packs/mood/1"));
    assertThat(prod.folder("mood@2")).contains(folder.resolve("packs/mood/2"));
    assertThat(prod.folder("topic")).isEmpty();
    RegistryPacks newest = packs(Optional.empty());
    assertThat(newest.names()).containsExactly("mood", "topic");
    assertThat(newest.folder("mood")).contains(folder.resolve("packs/mood/2"));
    assertThat(newest.folder("mood@prod")).contains(folder.resolve("packs/mood/1"));
  }

  @Test
  void aNameThatNothingCanHaveIsNoTask() {
    for (String name : List.of("", "..", "a/b", "mood@", "mood@@1", "MOOD", "x".repeat(10_000))) {
      assertThat(packs(Optional.empty()).folder(name)).as(name).isEmpty();
    }
  }

  /** It is not taken for a registry without the pack. */
  @Test
  void aRegistryThatIsAwayAndADamagedPackAreErrors() throws IOException {
    Path tensors = folder.resolve("packs/mood/1/prompt.safetensors");
    Files.write(tensors, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> packs(Optional.empty()).folder("mood@1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is damaged");
    assertThat(packs(Optional.empty()).folder("mood@2")).isPresent();
    RegistryPacks known = packs(Optional.empty());
    assertThat(known.names()).containsExactly("mood", "topic");
    Files.move(folder, work.resolve("away"));
    assertThat(known.names()).containsExactly("mood", "topic");
    assertThat(packs(Optional.empty()).names()).isEmpty();
    assertThatThrownBy(() -> packs(Optional.empty()).folder("mood@2"))
        .hasMessageContaining("is no registry");
  }

  @Test
  void onlyTrustedVersionsAreLoaded() {
    TrustedKey key = SigningKey.generate(work.resolve("key"));
    SigningKey signing = SigningKey.read(work.resolve("key"));
    registry.publish(work.resolve("two"), "mood", "", Optional.of(signing));
    RegistryPacks trusted =
        new RegistryPacks(folder, Optional.empty(), Trust.signedBy(List.of(key)));
    assertThat(trusted.folder("mood")).contains(folder.resolve("packs/mood/3"));
    assertThatThrownBy(() -> trusted.folder("mood@2")).hasMessageContaining("is not signed");
  }

  @Test
  void aPredictorAnswersWithWhatIsPublished() {
    PredictorOptions options =
        PredictorOptions.standard()
            .withPrecision(Precision.FP32)
            .withSource(packs(Optional.of("prod")));
    try (Predictor predictor = Predictor.open(GoldenSet.folder().resolve("bert/model"), options)) {
      List<Outcome> outcomes =
          predictor.answer(
              List.of(
                  Request.of("mood", "A text."),
                  Request.of("mood@2", "A text."),
                  Request.of("nothing", "A text.")));
      assertThat(outcomes.get(0)).isInstanceOf(Outcome.Answered.class);
      assertThat(outcomes.get(1)).isInstanceOf(Outcome.Answered.class);
      assertThat(outcomes.get(0)).isNotEqualTo(outcomes.get(1));
      assertThat(outcomes.get(2)).isInstanceOf(Outcome.Failed.class);
    }
  }
}
