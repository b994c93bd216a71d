package org.ptuning4j.pack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.text.TextTokenizer;

/**
 * Several packs of one task as one pack, such as those of runs with different seeds. A text is
 * asked with each prompt, in rows of one batch, and the scores of the heads are averaged. The
 * scores of labels are logits, so that their mean is the geometric mean of the probabilities
 * (products of experts; Hinton, Neural Computation 14, 2002).
 */
public final class Ensemble {

  /** What a task is called decides nothing; runs on own columns are called by their folder. */
  private static final Set<String> SHOWN = Set.of("name", "description");

  private final List<Pack> packs;
  private final PreparedTask<?> task;

  private Ensemble(List<Pack> packs, PreparedTask<?> task) {
    this.packs = packs;
    this.task = task;
  }

  /**
   * Checks that packs can be one.
   *
   * @param packs two or more; ensembles count with all their members
   * @param tokenizer the model's
   * @throws InvalidInputException if they belong to different backbones or tasks, read different
   *     tokens, have other kinds of heads, bring a model of their own, or have their answers
   *     written
   */
  public static Ensemble of(List<Pack> packs, TextTokenizer tokenizer) {
    if (packs.size() < 2) {
      throw InvalidInputException.of("pack: an ensemble needs two packs at least");
    }
    Pack first = packs.get(0);
    PreparedTask<?> task = first.task(tokenizer).untuned();
    if (task.written().isPresent()) {
      throw InvalidInputException.of(
          "pack %s: the model writes its answers; only scores can be averaged", first.folder());
    }
    for (Pack pack : packs) {
      if (pack.weights().isPresent()) {
        throw InvalidInputException.of(
            "pack %s brings a model of its own (%s); an ensemble is of prompts over one model",
            pack.folder(), pack.facts().method());
      }
      requireSame("backbone", first, pack, Ensemble::backbone);
      requireSame("longest input", first, pack, Pack::maxLength);
      requireSame("number of soft tokens", first, pack, each -> each.prefix().length());
      requireSame("reading of soft tokens", first, pack, each -> each.prefix().read());
      requireSame("kind of head", first, pack, Ensemble::headKind);
      requireSameTask(task, first, pack.task(tokenizer).untuned(), pack);
    }
    return new Ensemble(List.copyOf(packs), task);
  }

  private static String backbone(Pack pack) {
    PackFacts.BackboneId id = pack.facts().backbone();
    return "%d layers, weights %.12s…, language model %.12s"
        .formatted(id.layers(), id.weightsSha256(), id.languageModelSha256());
  }

  /** The same for all members of an ensemble. */
  private static Object headKind(Pack pack) {
    return described(pack).get(0).head().get("kind");
  }

  /** What two packs must have in common. */
  @FunctionalInterface
  private interface Trait {
    Object of(Pack pack);
  }

  private static void requireSame(String what, Pack first, Pack other, Trait trait) {
    if (!trait.of(first).equals(trait.of(other))) {
      throw InvalidInputException.of(
          "pack %s has another %s than %s (%s, %s); an ensemble reads the same of each text",
          other.folder(), what, first.folder(), trait.of(other), trait.of(first));
    }
  }

  private static void requireSameTask(
      PreparedTask<?> task, Pack first, PreparedTask<?> other, Pack pack) {
    Map<String, Object> one = task.definition();
    Map<String, Object> two = other.definition();
    TreeSet<String> names = new TreeSet<>(one.keySet());
    names.addAll(two.keySet());
    names.removeAll(SHOWN);
    List<String> different =
        names.stream().filter(name -> !Objects.equals(one.get(name), two.get(name))).toList();
    if (!different.isEmpty()) {
      throw InvalidInputException.of(
          "pack %s answers another task than %s: %s",
          pack.folder(),
          first.folder(),
          different.stream()
              .map(name -> "%s is %s, not %s".formatted(name, two.get(name), one.get(name)))
              .collect(Collectors.joining("; ")));
    }
  }

  /** The task, without what each member found out on evaluation data, such as a threshold. */
  public PreparedTask<?> task() {
    return task;
  }

  /**
   * Saves it as a pack.
   *
   * @param answered the task as it is to be answered: {@link #task}, perhaps tuned
   * @param metrics what it reaches on the evaluation data; none if it has not been evaluated
   */
  public Pack save(Path folder, PreparedTask<?> answered, Map<String, Double> metrics) {
    return Scope.run(
        () -> {
          List<PackFacts.Member> members = new ArrayList<>();
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          for (Pack pack : packs) {
            List<PackFacts.Member> own = described(pack);
            for (int i = 0; i < own.size(); i++) {
              String names = Pack.names(members.size());
              pack.members().get(i).tensors().forEach((name, t) -> tensors.put(names + name, t));
              members.add(own.get(i));
            }
          }
          PackFacts facts = facts(members, answered, metrics);
          PackWriter.write(folder, facts, tensors, Optional.empty());
          return Pack.open(folder, packs.get(0).kinds());
        });
  }

  private static List<PackFacts.Member> described(Pack pack) {
    PackFacts facts = pack.facts();
    return pack.isEnsemble()
        ? facts.members()
        : List.of(
            new PackFacts.Member(facts.method(), facts.prompt(), facts.head(), facts.provenance()));
  }

  private PackFacts facts(
      List<PackFacts.Member> members, PreparedTask<?> answered, Map<String, Double> metrics) {
    PackFacts first = packs.get(0).facts();
    PackFacts.Provenance own = first.provenance();
    return new PackFacts(
        PackFacts.FORMAT,
        members.stream().map(PackFacts.Member::method).distinct().collect(Collectors.joining("+")),
        commonSettings(),
        null,
        null,
        answered.definition(),
        first.backbone(),
        new PackFacts.Provenance(
            own.precision(), own.seed(), own.epoch(), metrics, own.data(), own.versions()),
        Map.of(),
        members);
  }

  /** The settings that all have in common. */
  private Map<String, Object> commonSettings() {
    List<Map<String, Object>> each =
        packs.stream()
            .map(pack -> Optional.ofNullable(pack.facts().settings()).orElse(Map.of()))
            .toList();
    Map<String, Object> common = new LinkedHashMap<>(each.get(0));
    each.forEach(
        other ->
            common
                .entrySet()
                .removeIf(own -> !Objects.equals(own.getValue(), other.get(own.getKey()))));
    return common;
  }
}
