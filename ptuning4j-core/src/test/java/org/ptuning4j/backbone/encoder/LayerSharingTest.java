package org.ptuning4j.backbone.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/** ALBERT's groups: which layer has which weights, in any number of groups of any size. */
class LayerSharingTest {

  private static final TinyFamily ALBERT = new TinyFamily("albert");

  @TempDir Path temp;

  /** What the released code's {@code int(i / (passes / groups))} gives, and its inner loop. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4 | 1 | 1 | 0 0 0 0 | 0 0 0 0",
        "4 | 2 | 1 | 0 0 1 1 | 0 0 0 0",
        "5 | 2 | 1 | 0 0 0 1 1 | 0 0 0 0 0",
        "7 | 3 | 1 | 0 0 0 1 1 2 2 | 0 0 0 0 0 0 0",
        "2 | 1 | 3 | 0 0 0 0 0 0 | 0 1 2 0 1 2",
        "3 | 2 | 2 | 0 0 0 0 1 1 | 0 1 0 1 0 1",
        "3 | 3 | 1 | 0 1 2 | 0 0 0",
      })
  void groups(int passes, int groups, int inner, String group, String within) {
    LayerSharing sharing = new LayerSharing(passes, groups, inner);
    assertThat(IntStream.range(0, sharing.layers()).map(sharing::group)).containsExactly(of(group));
    assertThat(IntStream.range(0, sharing.layers()).map(sharing::within))
        .containsExactly(of(within));
  }

  private static Integer[] of(String numbers) {
    return Arrays.stream(numbers.split(" ", -1)).map(Integer::valueOf).toArray(Integer[]::new);
  }

  @Test
  void moreGroupsThanPassesAreRefused() {
    assertThatThrownBy(() -> ALBERT.write(temp, configuration(2, 3, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("num_hidden_groups 3 is not supported; supported is at most");
    assertThatThrownBy(() -> new LayerSharing(2, 3, 1)).hasMessageContaining("3 groups");
  }

  /** A group of two layers, passed twice, is four layers of which the first and third are alike. */
  @Test
  void aModelOfGroupsIsTheModelWhoseLayersAreWrittenOut() {
    ModelFolder grouped = ALBERT.write(temp, configuration(4, 2, 2));
    ModelFolder plain = ALBERT.write(temp, configuration(8, 8, 1));
    Scope.run(
        () -> {
          Map<String, Tensor> written = new LinkedHashMap<>();
          try (TensorSource source = grouped.tensors()) {
            List<String> order = List.of("0.0", "0.1", "0.0", "0.1", "1.0", "1.1", "1.0", "1.1");
            for (String name : source.names()) {
              if (!name.contains("albert_layer_groups.")) {
                written.put(name, source.read(name));
              }
            }
            for (int layer = 0; layer < order.size(); layer++) {
              for (String name : source.names()) {
                if (name.contains(at(order.get(layer)))) {
                  written.put(
                      name.replace(at(order.get(layer)), at(layer + ".0")), source.read(name));
                }
              }
            }
          }
          SafetensorsWriter.write(plain.path().resolve("model.safetensors"), written, Map.of());
          try (Backbone one = load(grouped);
              Backbone other = load(plain)) {
            assertThat(one.spec().layers()).isEqualTo(8);
            assertThat(one.parameterCount()).isLessThan(other.parameterCount());
            List<Tensor> expected = states(other);
            List<Tensor> found = states(one);
            for (int layer = 0; layer < expected.size(); layer++) {
              assertClose("layer " + layer, found.get(layer), expected.get(layer), 0, 0);
            }
            double moved = found.get(3).sub(found.get(5)).abs().max().item_double();
            assertThat(moved).isGreaterThan(1e-3);
          }
        });
  }

  private static String at(String groupAndLayer) {
    String[] parts = groupAndLayer.split("\\.", -1);
    return "albert_layer_groups." + parts[0] + ".albert_layers." + parts[1] + ".";
  }

  private static String configuration(int passes, int groups, int inner) {
    return ALBERT
        .configuration()
        .replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": " + passes)
        .replace("\"num_hidden_groups\": 1", "\"num_hidden_groups\": " + groups)
        .replace("\"inner_group_num\": 1", "\"inner_group_num\": " + inner);
  }

  private static Backbone load(ModelFolder folder) {
    return BackboneFamilies.standard().load(folder, Engine.reference());
  }

  private static List<Tensor> states(Backbone backbone) {
    TokenBatch tokens =
        TokenBatch.of(List.of(new int[] {5, 31, 32, 33, 6}), List.of(new int[5]), 0);
    return new ArrayList<>(
        backbone
            .forward(
                tokens,
                Injection.none(),
                ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates())
            .hiddenStates());
  }
}
