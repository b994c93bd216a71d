package org.ptuning4j.prompt.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The form {@code input}: vectors in place of word embeddings, perhaps with offsets in layers. */
final class InputPromptForm implements PromptForm<InputPrompt> {

  static final String PLACEMENT = "placement";

  /** Where the vectors stand: before each text, or where the task's template has places. */
  static final String BEFORE_TEXT = "before-text";

  /** Before each text, and heads over whole sequences read the first of them, as PEFT has it. */
  static final String IN_PLACE_OF_FIRST = "first-token";

  static final String TEMPLATE = "template";

  private static final List<String> PLACEMENTS = List.of(BEFORE_TEXT, IN_PLACE_OF_FIRST, TEMPLATE);

  @Override
  public String name() {
    return "input";
  }

  @Override
  public String content() {
    return "vectors at the input";
  }

  @Override
  public Class<InputPrompt> type() {
    return InputPrompt.class;
  }

  @Override
  public Set<String> tensorNames() {
    return Set.of(InputPrompt.VECTORS, InputPrompt.OFFSETS);
  }

  @Override
  public int softTokensBeforeText(Fields description) {
    boolean template = description.text(PLACEMENT).equals(TEMPLATE);
    return template ? 0 : description.integer("length");
  }

  @Override
  public boolean readsSoftToken(Fields description) {
    return description.text(PLACEMENT).equals(IN_PLACE_OF_FIRST)
        && description.integer("length") > 0;
  }

  @Override
  public void check(Fields description, Map<String, List<Long>> shapes) {
    String placement = description.text(PLACEMENT);
    if (!PLACEMENTS.contains(placement)) {
      throw InvalidInputException.of(
          "%s: '%s' is not one of %s",
          description.path(PLACEMENT), placement, String.join(", ", PLACEMENTS));
    }
    PromptForms.requireRows(InputPrompt.VECTORS, description, shapes);
  }

  @Override
  public InputPrompt read(
      Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine) {
    return InputPrompt.of(
        tensors.get(InputPrompt.VECTORS),
        Optional.ofNullable(tensors.get(InputPrompt.OFFSETS)),
        spec,
        engine);
  }

  /** Each row's vectors, and its offsets, at its own soft places. */
  @Override
  public Injection inject(
      TokenBatch batch, List<Optional<InputPrompt>> rows, BackboneSpec spec, Engine engine) {
    List<Long> places = new ArrayList<>();
    Map<InputPrompt, List<Integer>> taken = taken(batch, rows, places);
    if (places.isEmpty()) {
      return Injection.none();
    }
    boolean deep = rows.stream().anyMatch(row -> row.flatMap(InputPrompt::offsets).isPresent());
    List<Tensor> vectors = new ArrayList<>();
    List<Tensor> offsets = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    taken.forEach(
        (prompt, own) -> {
          long[] slots =
              own.stream().mapToLong(i -> batch.slots()[Math.toIntExact(places.get(i))]).toArray();
          SoftVectors placed =
              new SoftVectors(prompt.vectors(), prompt.offsets()).at(slots, engine);
          vectors.add(placed.vectors());
          if (deep) {
            offsets.add(placed.offsets().orElseGet(() -> zeros(slots.length, spec, engine)));
          }
          order.addAll(own);
        });
    long[] index = places.stream().mapToLong(Long::longValue).toArray();
    return new Injection(
        Map.of(),
        Optional.empty(),
        Optional.of(new InputVectors(index, ordered(vectors, 0, order, engine))),
        deep ? SoftVectors.byLayer(ordered(offsets, 1, order, engine)) : Map.of());
  }

  /**
   * Collects the places in rows of this form, and which of them each prompt takes, by their number
   * in {@code places}.
   */
  private static Map<InputPrompt, List<Integer>> taken(
      TokenBatch batch, List<Optional<InputPrompt>> rows, List<Long> places) {
    Map<InputPrompt, List<Integer>> taken = new LinkedHashMap<>();
    for (long place : batch.softPlaces()) {
      Optional<InputPrompt> row = rows.get(Math.toIntExact(place / batch.columns()));
      if (row.isPresent()) {
        taken.computeIfAbsent(row.get(), prompt -> new ArrayList<>()).add(places.size());
        places.add(place);
      }
    }
    return taken;
  }

  /** The offsets of soft tokens that have none, {@code [L−1, N, H]}. */
  private static Tensor zeros(int count, BackboneSpec spec, Engine engine) {
    return engine.place(torch.zeros(spec.readingLayers() - 1L, count, spec.hidden()), Dtype.F32);
  }

  /** The parts joined, and put in the order of the places where prompts alternate. */
  private static Tensor ordered(
      List<Tensor> parts, long dimension, List<Integer> order, Engine engine) {
    Tensor joined =
        parts.size() == 1 ? parts.get(0) : Tensors.cat(dimension, parts.toArray(Tensor[]::new));
    long[] inverse = new long[order.size()];
    boolean sorted = true;
    for (int i = 0; i < inverse.length; i++) {
      inverse[order.get(i)] = i;
      sorted &= order.get(i) == i;
    }
    if (sorted) {
      return joined;
    }
    Tensor index = engine.place(Tensors.of(inverse, inverse.length), Dtype.I64);
    return torch.index_select(joined, dimension, index);
  }
}
