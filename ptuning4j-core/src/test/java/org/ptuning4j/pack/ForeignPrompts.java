package org.ptuning4j.pack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

/** Tensors, rows and scores for tests of other programs' prompts. */
public final class ForeignPrompts {

  private ForeignPrompts() {}

  public static Backbone load(Path model) {
    return BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference());
  }

  /** All tensors of a file, bit for bit. */
  public static Map<String, float[]> tensors(TensorSource source) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    source.names().forEach(name -> tensors.put(name, Tensors.floats(source.read(name))));
    return tensors;
  }

  /** Rows without their padding. */
  public static List<TokenRow> rows(Tensor ids, Tensor mask, Optional<Tensor> types) {
    List<TokenRow> rows = new ArrayList<>();
    for (int row = 0; row < ids.size(0); row++) {
      int[] own = ints(ids.select(0, row));
      int length = Arrays.stream(ints(mask.select(0, row))).sum();
      int at = row;
      int[] type = types.map(all -> ints(all.select(0, at))).orElseGet(() -> new int[own.length]);
      rows.add(TokenRow.of(Arrays.copyOf(own, length), Arrays.copyOf(type, length)));
    }
    return rows;
  }

  public static int[] ints(Tensor tensor) {
    return Arrays.stream(Tensors.longs(tensor)).mapToInt(Math::toIntExact).toArray();
  }

  /** Each row's scores by the pack, as a predictor computes them: prompt, head and all. */
  public static List<float[]> scores(Pack pack, Backbone backbone, List<Item> texts) {
    List<Item> items = texts.stream().map(pack.prefix()::before).toList();
    List<TokenRow> rows = items.stream().flatMap(item -> item.rows().stream()).toList();
    TokenBatch tokens = TokenBatch.of(rows, 0);
    try (TrainedPrompt prompt = pack.prompt(backbone).orElseThrow();
        Head head = pack.head(backbone)) {
      Tensor states =
          backbone
              .forward(
                  tokens,
                  inject(prompt, tokens, backbone),
                  ForwardOptions.evaluation(Positions.ALL))
              .lastHidden();
      HeadInput input = new HeadInput(backbone, states, items, Dropout.off());
      return head.split(head.scores(input), items);
    }
  }

  public static Injection inject(TrainedPrompt prompt, TokenBatch tokens, Backbone backbone) {
    return new MixedPrompts(backbone.spec(), backbone.engine())
        .inject(
            tokens, IntStream.range(0, tokens.rows()).mapToObj(i -> Optional.of(prompt)).toList());
  }

  /** What a head over whole sequences reads. */
  public static Item whole(TokenRow row, Backbone backbone) {
    boolean last = backbone.spec().direction() == Direction.CAUSAL;
    return Item.of(row.withAnchor(last ? row.length() - 1 : 0));
  }

  /** What a head over tokens reads: all of them. */
  public static Item tokens(TokenRow row) {
    int[] all = IntStream.range(0, row.length()).toArray();
    return Item.ofTokens(row, all, new int[0]);
  }
}
