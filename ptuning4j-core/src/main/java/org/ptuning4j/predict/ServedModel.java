package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.LowestLayers;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.generate.EndTokens;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackMember;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/**
 * A model that many tasks share: its folder, tokenizer and backbone. It makes tasks of packs. The
 * backbone is read with the first task that needs it. Thread-safe.
 */
final class ServedModel implements AutoCloseable {

  private final ModelFolder folder;
  private final BackboneFamilies families;
  private final Engine engine;
  private final TextTokenizer tokenizer;
  private final Pack.Kinds kinds;
  private final Map<Integer, Backbone> lowest = new HashMap<>(); // views of it, by layers
  private Backbone shared; // null until it is needed; guarded by this

  ServedModel(ModelFolder folder, BackboneFamilies families, Engine engine, Pack.Kinds kinds) {
    this.folder = folder;
    this.families = families;
    this.engine = engine;
    this.tokenizer = TextTokenizer.open(folder.path());
    this.kinds = kinds;
  }

  Engine engine() {
    return engine;
  }

  TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** The tokens that end what it writes. */
  Set<Integer> ends() {
    return EndTokens.of(folder, tokenizer);
  }

  /**
   * A pack as a task.
   *
   * @param name what to call it
   * @throws InvalidInputException if it is no pack, or one of another backbone
   */
  ServedTask load(String name, Path packFolder) {
    Pack pack = Pack.open(packFolder, kinds);
    boolean own = pack.weights().isPresent();
    Backbone backbone =
        own ? families.load(folder.withWeights(pack.weights().get()), engine) : read(pack);
    List<ServedMember> members = new ArrayList<>();
    try {
      pack.requireBackbone(backbone, folder.name());
      for (PackMember member : pack.members()) {
        members.add(load(member, backbone));
      }
      return new ServedTask(
          name,
          pack.prefix(),
          pack.task(tokenizer).withCommon(common(members)),
          longestInput(pack, backbone, members),
          backbone,
          own,
          List.copyOf(members),
          Optional.of(pack.facts()));
    } catch (RuntimeException e) {
      members.forEach(ServedMember::close);
      if (own) {
        backbone.close();
      }
      throw e;
    }
  }

  /** What the heads of a task say of all items alike. */
  private static float[] common(List<ServedMember> members) {
    MeanScores mean = new MeanScores();
    members.forEach(member -> mean.add(member.head().common()));
    return mean.values();
  }

  private static ServedMember load(PackMember member, Backbone backbone) {
    Optional<TrainedPrompt> prompt = member.promptToServe(backbone);
    try {
      return new ServedMember(prompt, member.head(backbone));
    } catch (RuntimeException e) {
      prompt.ifPresent(TrainedPrompt::close);
      throw e;
    }
  }

  /** The model, or as many of its lowest layers as a pack reads. */
  private synchronized Backbone read(Pack pack) {
    Backbone whole = backbone();
    pack.requireBackbone(whole, folder.name());
    Integer layer = pack.facts().backbone().readLayer();
    return layer == null
        ? whole
        : lowest.computeIfAbsent(layer, count -> LowestLayers.of(whole, count));
  }

  private static int longestInput(Pack pack, Backbone backbone, List<ServedMember> members) {
    int shift = members.stream().mapToInt(ServedMember::positionShift).max().orElse(0);
    return Math.min(
        pack.maxLength(), backbone.spec().maxPositions() - shift - pack.prefix().length());
  }

  /**
   * A task that the model answers as it is.
   *
   * @param name what to call it
   * @throws InvalidInputException if the task's head would have to be trained, or the model lacks
   *     what it reads
   */
  ServedTask untrained(String name, Task<?> task) {
    Backbone backbone = backbone();
    PreparedTask<?> prepared = task.prepare(Preparation.complete(tokenizer));
    HeadSpec head = prepared.head(new HeadOptions(backbone.spec(), Optional.empty(), 0));
    if (head.parameterCount(backbone.spec()) > 0) {
      throw InvalidInputException.of(
          "task: '%s' needs a head of kind %s, which has to be trained; give a pack of it",
          task.name(), head.kind());
    }
    head.requireFit(backbone.spec(), folder.name());
    int longest = Math.min(task.truncation().maxLength(), backbone.spec().maxPositions());
    return new ServedTask(
        name,
        SoftPrefix.NONE,
        prepared,
        longest,
        backbone,
        false,
        List.of(new ServedMember(Optional.empty(), head.create(backbone, RandomStream.of(0)))),
        Optional.empty());
  }

  /** The backbone that tasks share. */
  synchronized Backbone backbone() {
    if (shared == null) {
      shared = families.load(folder, engine);
      SpareMemory.releaseAfterLoading(shared);
    }
    return shared;
  }

  /**
   * What is odd about the model, a sentence each. Of the weights only if a task uses them; full
   * fine-tuning has its own.
   */
  List<String> remarks() {
    ModelCheck check = new ModelCheck(folder, families);
    List<String> remarks =
        new ArrayList<>(isRead() ? check.remarks(tokenizer) : check.ofTokenizer(tokenizer));
    if (engine.precision() == Precision.INT8) {
      remarks.add(
          "the model answers in int8, in which no pack is trained: scores differ a little from"
              + " those in fp32 (ptune eval --precision int8 says what that costs)");
    }
    return remarks;
  }

  private synchronized boolean isRead() {
    return shared != null;
  }

  /** Closes all; no task of it may be in use. */
  @Override
  public synchronized void close() {
    tokenizer.close();
    if (shared != null) {
      shared.close();
    }
  }
}
