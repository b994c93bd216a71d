package org.ptuning4j.backbone.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** What a load that fails in the middle had read is freed. */
class FailedLoadTest {

  private static final String TABLE = "embeddings.tok_embeddings.weight";

  @TempDir Path temp;

  @Test
  void weightsThatWereReadAreFreed() {
    BreakingFamily family = new BreakingFamily();
    ModelFolder folder = new TinyFamily("modernbert").write(temp);
    Scope.run(
        () ->
            SafetensorsWriter.write(
                folder.path().resolve("model.safetensors"),
                Map.of(TABLE, RandomStream.of(1).gaussian(1, TinyFamily.VOCABULARY, 4)),
                Map.of()));
    assertThatThrownBy(() -> family.load(folder, Engine.reference(), false))
        .hasMessage("a part that fails");
    assertThat(family.asked).hasSize(2);
    assertThat(family.asked.get(0).stored()).as("only declared").isNull();
    assertThat(family.asked.get(1).stored().isNull()).as("read, then freed").isTrue();
  }

  /** Reads its table, and fails when that is loaded and not declared only. */
  private static final class BreakingFamily extends TransformerFamily<Integer> {

    private final List<BackboneWeight> asked = new ArrayList<>();

    @Override
    public Set<String> modelTypes() {
      return Set.of("modernbert");
    }

    @Override
    protected Integer config(ModelFolder folder) {
      return folder.size("vocab_size");
    }

    @Override
    protected BackboneSpec spec(Integer config, boolean hasPooler, boolean hasLanguageModel) {
      throw new AssertionError("not reached");
    }

    @Override
    protected CheckpointNames names(Integer config) {
      return new CheckpointNames("model.", List.of("embeddings."), List.of());
    }

    @Override
    protected Positions positions(Integer config) {
      throw new AssertionError("not reached");
    }

    @Override
    protected TransformerParts assemble(Integer config, Weights weights) {
      BackboneWeight table = weights.table(TABLE, config, 4);
      asked.add(table);
      if (table.stored() != null) {
        throw new IllegalStateException("a part that fails");
      }
      return new TransformerParts(
          new Embeddings(
              table, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Set.of());
    }

    @Override
    protected MaskedLanguageSpec languageModel(Integer config) {
      return new MaskedLanguageSpec(
          new MaskedLanguageNames("none.dense", "none.norm", "none.decoder", "none.bias"),
          4,
          4,
          config,
          Activation.GELU,
          1e-5,
          true);
    }
  }
}
