package org.ptuning4j.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** States in files are those that were put there, for whoever computes them from the same. */
class DiskStatesTest {

  @TempDir Path temp;

  private static StateStore.Wanted wanted(Dtype dtype, String key) {
    return new StateStore.Wanted(5, 2, dtype, () -> key);
  }

  private DiskStates store(long limit, String model) {
    return new DiskStates(temp.resolve("states"), limit, model);
  }

  private DiskStates store() {
    return store(1_000_000, "model");
  }

  /** Fills a place, in two parts and not in order. */
  private static void fill(StatePlace place) {
    Scope.run(
        () -> {
          place.put(2, Tensors.of(new float[] {5, 6, 7, 8, 9, 10}, 3, 2));
          place.put(0, Tensors.of(new float[] {1, 2, 3, 4}, 2, 2));
        });
    Scope.release(place.filled());
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16"})
  void areThereForALaterRun(Dtype dtype) {
    StatePlace first = store().place(wanted(dtype, "rows")).orElseThrow();
    assertThat(first.isFilled()).isFalse();
    fill(first);
    StatePlace second = store().place(wanted(dtype, "rows")).orElseThrow();
    assertThat(second.isFilled()).isTrue();
    Tensor states = second.filled();
    assertThat(Tensors.shape(states)).containsExactly(5, 2);
    assertThat(Dtype.of(states.scalar_type())).isEqualTo(dtype);
    assertThat(Tensors.floats(states)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    Scope.release(states);
  }

  @Test
  void areNotThoseOfOtherRowsOrOfAnotherModel() {
    fill(store().place(wanted(Dtype.F32, "rows")).orElseThrow());
    assertThat(isThere(store(), "rows")).isTrue();
    assertThat(isThere(store(), "other rows")).isFalse();
    assertThat(isThere(store(1_000_000, "other model"), "rows")).isFalse();
  }

  private static boolean isThere(DiskStates store, String key) {
    StatePlace place = store.place(wanted(Dtype.F32, key)).orElseThrow();
    boolean filled = place.isFilled();
    place.abandon();
    return filled;
  }

  @Test
  void whatWasNotFinishedIsNotThere() throws IOException {
    StatePlace place = store().place(wanted(Dtype.F32, "rows")).orElseThrow();
    Scope.run(() -> place.put(0, Tensors.of(new float[] {1, 2}, 1, 2)));
    place.abandon();
    assertThat(isThere(store(), "rows")).isFalse();
    assertThat(files()).isEmpty();
  }

  /**
   * A process that is killed leaves its unfinished file behind; one that still writes has its own.
   */
  @Test
  void whatAKilledProcessLeftIsDeletedADayLater() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("states"));
    Path old = Files.writeString(folder.resolve(".a.states.1.tmp"), "old");
    Path current = Files.writeString(folder.resolve(".b.states.2.tmp"), "current");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(90_000)));
    store().place(wanted(Dtype.F32, "rows")).orElseThrow().abandon();
    assertThat(old).doesNotExist();
    assertThat(current).exists();
  }

  @Test
  void aFileThatMadeRoomInTheMeantimeIsAFailureToKeep() throws IOException {
    fill(store().place(wanted(Dtype.F32, "rows")).orElseThrow());
    StatePlace place = store().place(wanted(Dtype.F32, "rows")).orElseThrow();
    Files.delete(files().get(0));
    assertThatThrownBy(place::filled)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("made room");
  }

  @Test
  void aFileOfAnotherSizeIsComputedAgain() throws IOException {
    fill(store().place(wanted(Dtype.F32, "rows")).orElseThrow());
    Files.write(files().get(0), new byte[] {1});
    assertThat(isThere(store(), "rows")).isFalse();
  }

  @Test
  void theLeastRecentlyUsedMakeRoom() throws IOException {
    DiskStates store = store(100, "model"); // for two of 40 bytes
    fill(store.place(wanted(Dtype.F32, "a")).orElseThrow());
    Path oldest = files().get(0);
    fill(store.place(wanted(Dtype.F32, "b")).orElseThrow());
    Path newer = files().stream().filter(file -> !file.equals(oldest)).findFirst().orElseThrow();
    Files.setLastModifiedTime(oldest, FileTime.from(Instant.now().minusSeconds(200)));
    Files.setLastModifiedTime(newer, FileTime.from(Instant.now().minusSeconds(100)));
    assertThat(isThere(store, "a")).isTrue(); // used now
    fill(store.place(wanted(Dtype.F32, "c")).orElseThrow());
    assertThat(files()).hasSize(2).contains(oldest).doesNotContain(newer);
  }

  @Test
  void whatIsLargerThanTheLimitHasNoPlace() {
    DiskStates store = store(39, "model");
    assertThat(store.place(wanted(Dtype.F32, "rows"))).isEmpty();
    assertThat(store.refusal("the states", wanted(Dtype.F32, "rows")))
        .get()
        .asString()
        .contains("the states", temp.toString());
  }

  @Test
  void aFolderThatCannotBeMadeIsNoPlace() throws IOException {
    Files.writeString(temp.resolve("states"), "a file");
    assertThat(store().place(wanted(Dtype.F32, "rows"))).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("states"))) {
      return files.toList();
    }
  }

  /** Ids, types, where a row is read, layers, and by how much positions are moved. */
  @Test
  void theKeyTellsApartWhateverStatesFollowFrom() {
    List<Item> items = List.of(Item.of(TokenRow.of(new int[] {2, 5, 3}, new int[3])));
    String key = key(2, "top:1", PositionConvention.SHIFTED, items);
    assertThat(key(2, "top:1", PositionConvention.SHIFTED, items)).isEqualTo(key);
    assertThat(
            Stream.of(
                key(3, "top:1", PositionConvention.SHIFTED, items),
                key(2, "top:2", PositionConvention.SHIFTED, items),
                key(2, "top:1", PositionConvention.UNSHIFTED, items),
                key(
                    2,
                    "top:1",
                    PositionConvention.SHIFTED,
                    List.of(Item.of(TokenRow.of(new int[] {2, 6, 3}, new int[3])))),
                key(
                    2,
                    "top:1",
                    PositionConvention.SHIFTED,
                    List.of(Item.of(TokenRow.of(new int[] {2, 5, 3}, new int[] {0, 0, 1}))))))
        .doesNotHaveDuplicates()
        .doesNotContain(key);
    // Where nothing is moved, a prompt's length makes no difference below it.
    assertThat(key(3, "top:1", PositionConvention.UNSHIFTED, items))
        .isEqualTo(key(2, "top:1", PositionConvention.UNSHIFTED, items));
  }

  private static String key(
      int length, String layers, PositionConvention positions, List<Item> items) {
    PTuningV2 method =
        new PTuningV2(
            length,
            new LayerRange(layers),
            Optional.empty(),
            0,
            positions,
            NormalInitialisation.NORMAL);
    try (Backbone backbone =
            BackboneFamilies.standard()
                .load(ModelFolder.open(TinyModel.bert()), Engine.reference());
        PromptModule prompt =
            method.create(
                new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(1), null))) {
      PromptedBackbone pass =
          new PromptedBackbone(
              backbone, prompt, Dropout.off(), DropoutRates.NONE, false, Optional.empty());
      return FrozenStates.Spread.of(pass, pass.frozenLayers(), items, Positions.ANCHOR).key(pass);
    }
  }
}
