// Decisions per second of upstream's own controller code on one core: the calculation of one External AverageValue metric,
// normalization and the scale event, as one cycle of reconcileAutoscaler does them, without its API calls. The same load as
// ../decisions.ts.
//
// The controller reads the clock itself. The stabilization window is set so that about as many recommendations are inside it as
// in the twin's run (20 of 15 s in 300 s), and of the scale events only the last one is kept, as few as policies of 15 s see.
// Counts CPU time of the process, as the twin's run does.
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

//go:linkname normalize k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicas
func normalize(a *podautoscaler.HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler, key string, current, desired, min int32) int32

//go:linkname normalizeWithBehaviors k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicasWithBehaviors
func normalizeWithBehaviors(a *podautoscaler.HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler, key string, current, desired, min int32) int32

//go:linkname storeScaleEvent k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).storeScaleEvent
func storeScaleEvent(a *podautoscaler.HorizontalController, behavior *autoscalingv2.HorizontalPodAutoscalerBehavior, key string, prev, next int32)

// wave answers every metric with the value of the cycle.
type wave struct{ value []int64 }

func (w *wave) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metricsclient.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, nil
}
func (w *wave) GetRawMetric(string, string, labels.Selector, labels.Selector) (metricsclient.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, nil
}
func (w *wave) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return 0, time.Time{}, nil
}
func (w *wave) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return w.value, time.Time{}, nil
}

// field gives access to an unexported field of the controller.
func field(c *podautoscaler.HorizontalController, name string) reflect.Value {
	f := reflect.ValueOf(c).Elem().FieldByName(name)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

func newController(window time.Duration) *podautoscaler.HorizontalController {
	c := &podautoscaler.HorizontalController{}
	for _, name := range []string{"recommendations", "scaleUpEvents", "scaleDownEvents"} {
		f := field(c, name)
		f.Set(reflect.MakeMap(f.Type()))
	}
	field(c, "downscaleStabilisationWindow").SetInt(int64(window))
	return c
}

func load(cycle int) int64 {
	return int64(math.Round((250 + 240*math.Sin(float64(cycle)/40)) * 1000))
}

// cpuTime is what the process has used so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func pointer[T any](value T) *T { return &value }

func behavior() *autoscalingv2.HorizontalPodAutoscalerBehavior {
	percent := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15}
	pods := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: 4, PeriodSeconds: 15}
	return &autoscalingv2.HorizontalPodAutoscalerBehavior{
		ScaleUp: &autoscalingv2.HPAScalingRules{
			StabilizationWindowSeconds: pointer(int32(0)),
			SelectPolicy:               pointer(autoscalingv2.MaxChangePolicySelect),
			Policies:                   []autoscalingv2.HPAScalingPolicy{pods, percent},
		},
		ScaleDown: &autoscalingv2.HPAScalingRules{
			StabilizationWindowSeconds: pointer(int32(0)),
			SelectPolicy:               pointer(autoscalingv2.MaxChangePolicySelect),
			Policies:                   []autoscalingv2.HPAScalingPolicy{percent},
		},
	}
}

// run gives the decisions per second of `cycles` cycles.
func run(cycles int, window time.Duration, rules *autoscalingv2.HorizontalPodAutoscalerBehavior) float64 {
	metric := &wave{value: []int64{0}}
	calc := podautoscaler.NewReplicaCalculator(metric, nil, 5*time.Minute, 30*time.Second)
	var tolerances podautoscaler.Tolerances
	*(*[2]float64)(unsafe.Pointer(&tolerances)) = [2]float64{0.1, 0.1}
	c := newController(window)
	hpa := &autoscalingv2.HorizontalPodAutoscaler{}
	hpa.Spec.MaxReplicas = 50
	hpa.Spec.Behavior = rules
	values := make([]int64, 4096)
	for i := range values {
		values[i] = load(i)
	}
	const key = "bench/worker"
	current := int32(1)
	events := []reflect.Value{field(c, "scaleUpEvents"), field(c, "scaleDownEvents")}
	start := cpuTime()
	for i := 0; i < cycles; i++ {
		metric.value[0] = values[i&4095]
		proposal, _, _, err := calc.GetExternalPerPodMetricReplicas(current, 10000, "queue", tolerances, "bench", nil)
		if err != nil {
			panic(err)
		}
		desired := int32(0)
		if proposal > 0 {
			desired = proposal
		}
		if rules == nil {
			desired = normalize(c, hpa, key, current, desired, 1)
		} else {
			desired = normalizeWithBehaviors(c, hpa, key, current, desired, 1)
		}
		if desired != current {
			for _, list := range events {
				list.SetMapIndex(reflect.ValueOf(key), reflect.Value{})
			}
			storeScaleEvent(c, rules, key, current, desired)
		}
		current = desired
	}
	return float64(cycles) / (cpuTime() - start).Seconds()
}

func main() {
	cycles := 1000000
	if len(os.Args) > 1 {
		if n, err := strconv.Atoi(os.Args[1]); err == nil {
			cycles = n
		}
	}
	runtime.GOMAXPROCS(1)
	// First how long a cycle takes, then a window of twenty of them.
	perSecond := run(cycles/10, 0, nil)
	window := time.Duration(20 / perSecond * float64(time.Second))
	fmt.Printf("default  %.0f decisions/s\n", run(cycles, window, nil))
	fmt.Printf("behavior  %.0f decisions/s\n", run(cycles, window, behavior()))
}
