package org.ptuning4j.prompt.form;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.Fields;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.engine.Engine;

/** A form of the user's own: keys and values in every layer, and vectors at the input. */
public record BothPrompt(DeepPrompt deep, InputPrompt input) implements TrainedPrompt {

  public static final PromptForm<BothPrompt> FORM = new Form();

  private static final String MATRIX = "both_matrix";
  private static final String VECTORS = "both_vectors";

  @Override
  public PromptForm<BothPrompt> form() {
    return FORM;
  }

  @Override
  public int length() {
    return input.length();
  }

  @Override
  public int positionShift() {
    return deep.positionShift();
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of(MATRIX, deep.matrix(), VECTORS, input.vectors());
  }

  @Override
  public Map<String, Object> description(boolean beforeText) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("form", FORM.name());
    description.put("length", length());
    return description;
  }

  @Override
  public void close() {
    deep.close();
    input.close();
  }

  /** How it is read and added to a batch. */
  private static final class Form implements PromptForm<BothPrompt> {

    @Override
    public String name() {
      return "both";
    }

    @Override
    public String content() {
      return "vectors at the input and keys and values in layers";
    }

    @Override
    public Class<BothPrompt> type() {
      return BothPrompt.class;
    }

    @Override
    public Set<String> tensorNames() {
      return Set.of(MATRIX, VECTORS);
    }

    @Override
    public int softTokensBeforeText(Fields description) {
      return description.integer("length");
    }

    @Override
    public void check(Fields description, Map<String, List<Long>> shapes) {
      PromptForms.requireRows(VECTORS, description, shapes);
    }

    @Override
    public BothPrompt read(
        Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine) {
      List<Integer> layers = java.util.stream.IntStream.range(0, spec.layers()).boxed().toList();
      return new BothPrompt(
          DeepPrompt.of(tensors.get(MATRIX), layers, PositionConvention.UNSHIFTED, spec, engine),
          InputPrompt.of(tensors.get(VECTORS), Optional.empty(), spec, engine));
    }

    @Override
    public Injection inject(
        TokenBatch batch, List<Optional<BothPrompt>> rows, BackboneSpec spec, Engine engine) {
      return DeepPrompt.FORM
          .inject(batch, rows.stream().map(row -> row.map(BothPrompt::deep)).toList(), spec, engine)
          .and(
              InputPrompt.FORM.inject(
                  batch,
                  rows.stream().map(row -> row.map(BothPrompt::input)).toList(),
                  spec,
                  engine));
    }
  }
}
