package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.albert.AlbertFamily;
import org.ptuning4j.backbone.bert.BertFamily;
import org.ptuning4j.backbone.deberta.DebertaFamily;
import org.ptuning4j.backbone.deberta.DebertaV2Family;
import org.ptuning4j.backbone.distilbert.DistilBertFamily;
import org.ptuning4j.backbone.electra.ElectraFamily;
import org.ptuning4j.backbone.gemma.Gemma3Family;
import org.ptuning4j.backbone.glm.GlmFamily;
import org.ptuning4j.backbone.gpt2.Gpt2Family;
import org.ptuning4j.backbone.llama.LlamaFamily;
import org.ptuning4j.backbone.modernbert.ModernBertFamily;
import org.ptuning4j.backbone.mpnet.MpnetFamily;
import org.ptuning4j.backbone.roberta.RobertaFamily;
import org.ptuning4j.backbone.t5.T5Family;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The families that are known. A new one is added with {@link #with}, or by one line in {@link
 * #standard}.
 */
public final class BackboneFamilies {

  private final List<BackboneFamily> families;

  private BackboneFamilies(List<BackboneFamily> families) {
    this.families = List.copyOf(families);
  }

  /** The families that come with the library. */
  public static BackboneFamilies standard() {
    return new BackboneFamilies(
        List.of(
            new BertFamily(),
            new RobertaFamily(),
            new MpnetFamily(),
            new DistilBertFamily(),
            new ElectraFamily(),
            new AlbertFamily(),
            new DebertaFamily(),
            new DebertaV2Family(),
            new ModernBertFamily(),
            new Gpt2Family(),
            new GlmFamily(),
            new LlamaFamily(),
            new Gemma3Family(),
            new T5Family()));
  }

  /** The families that come with the library and those of extensions on the class path. */
  public static BackboneFamilies installed() {
    BackboneFamilies all = standard();
    for (BackboneFamily family : Extensions.of(BackboneFamily.class)) {
      all = all.with(family);
    }
    return all;
  }

  /** These and one more, which wins where two read the same model type. */
  public BackboneFamilies with(BackboneFamily family) {
    List<BackboneFamily> all = new ArrayList<>();
    all.add(family);
    all.addAll(families);
    return new BackboneFamilies(all);
  }

  /** The families, those first that win where two read the same model type. */
  public List<BackboneFamily> all() {
    return families;
  }

  /** The model types that can be read, in alphabetical order. */
  public Set<String> modelTypes() {
    Set<String> types = new TreeSet<>();
    families.forEach(family -> types.addAll(family.modelTypes()));
    return types;
  }

  /**
   * The family of a folder.
   *
   * @throws InvalidInputException if its {@code model_type} is not known; the message lists those
   *     that are
   */
  public BackboneFamily of(ModelFolder folder) {
    return families.stream()
        .filter(family -> family.modelTypes().contains(folder.modelType()))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: model_type '%s' is not supported; supported are %s",
                    folder.configFile(), folder.modelType(), String.join(", ", modelTypes())));
  }

  /** Loads the checkpoint of a folder, frozen. */
  public Backbone load(ModelFolder folder, Engine engine) {
    return of(folder).load(folder, engine, false);
  }

  /** Loads the checkpoint of a folder for full fine-tuning. */
  public Backbone loadTrainable(ModelFolder folder, Engine engine) {
    return of(folder).load(folder, engine, true);
  }
}
