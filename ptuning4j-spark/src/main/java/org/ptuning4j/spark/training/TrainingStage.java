package org.ptuning4j.spark.training;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.SerializableConfiguration;
import org.ptuning4j.InvalidInputException;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The driver's side of a run: a barrier stage with a task for each worker. A stage that fails is
 * tried again as a whole and goes on from its last checkpoint; Spark does that for stages that
 * others read, and so a stage of one task takes the result.
 */
public final class TrainingStage {

  /** The file of rows to train on. */
  public static final String TRAIN = "train.jsonl";

  /** The file of rows to evaluate on. */
  public static final String DEV = "dev.jsonl";

  private static final long POLL_MILLIS = 200;

  private final SparkContext spark;
  private final Duration patience;
  private final WorkerFault fault;

  /**
   * Stages of a Spark application.
   *
   * @param patience how long workers wait for each other in an exchange
   */
  public TrainingStage(SparkContext spark, Duration patience) {
    this(spark, patience, WorkerFault.NONE);
  }

  TrainingStage(SparkContext spark, Duration patience, WorkerFault fault) {
    this.spark = spark;
    this.patience = patience;
    this.fault = fault;
  }

  /**
   * How many workers a run can have: what was asked for, or one for each slot.
   *
   * @param asked 0 for all slots
   * @param wait how long executors may take to come
   * @throws InvalidInputException if there are fewer slots, also after a while
   */
  public int workers(int asked, Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    int slots = slots();
    while (slots < Math.max(1, asked) && System.nanoTime() < end) {
      sleep();
      slots = slots();
    }
    if (slots < Math.max(1, asked)) {
      throw InvalidInputException.of(
          "workers: %d need as many slots at once, and the cluster has %d (executors × cores /"
              + " spark.task.cpus); ask for fewer workers, or give the application more executors",
          asked, slots);
    }
    return asked == 0 ? slots : asked;
  }

  private int slots() {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }

  private static void sleep() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while executors were awaited", e);
    }
  }

  /**
   * Trains, from the state that the folder has, if there is one.
   *
   * @param data the files {@link #TRAIN} and {@link #DEV}
   * @param out a folder that all machines share
   */
  public TrainedPack train(RunPlan plan, FileBundle data, String out) {
    SharedFolder shared = SharedFolder.at(out, spark.hadoopConfiguration());
    String token = ".driver-" + UUID.randomUUID();
    shared.write(token, "shared".getBytes(StandardCharsets.UTF_8));
    JavaSparkContext java = JavaSparkContext.fromSparkContext(spark);
    Broadcast<FileBundle> files = java.broadcast(data);
    Broadcast<SerializableConfiguration> configuration =
        java.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    try {
      TrainingWorker worker =
          new TrainingWorker(plan, files, configuration, shared.toString(), token, patience, fault);
      return only(run(java, plan.workers(), worker));
    } finally {
      shared.delete(token);
      files.destroy();
      configuration.destroy();
    }
  }

  private static List<WorkerOutcome> run(
      JavaSparkContext java, int workers, TrainingWorker worker) {
    ClassTag<WorkerOutcome> tag = ClassTag$.MODULE$.apply(WorkerOutcome.class);
    RDD<Integer> places = java.parallelize(Collections.nCopies(workers, 0), workers).rdd();
    RDD<WorkerOutcome> results = places.barrier().mapPartitions(worker, false, tag);
    return JavaRDD.fromRDD(results, tag).coalesce(1, true).collect();
  }

  private static TrainedPack only(List<WorkerOutcome> outcomes) {
    List<TrainedPack> trained = new ArrayList<>();
    for (WorkerOutcome outcome : outcomes) {
      if (outcome instanceof WorkerOutcome.Refused refused) {
        throw new InvalidInputException(refused.cause());
      }
      trained.add(((WorkerOutcome.Trained) outcome).pack());
    }
    if (trained.size() != 1) {
      throw new IllegalStateException(trained.size() + " workers gave a pack, not one");
    }
    return trained.get(0);
  }
}
