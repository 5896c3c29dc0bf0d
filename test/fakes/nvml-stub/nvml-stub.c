/*
 * A stand-in for libnvidia-ml.so.1 with the layouts of NVML 13: machines with invented GPUs, and troubles on demand. A
 * test steers it while it is loaded, through a file of six bytes that both sides map (path in NVML_STUB_CONTROL):
 *   [0] code that nvmlInit returns   [1] number of GPUs   [2] trouble, see below   [3] GPU that has it
 *   [4] machine, see below           [5] slices of the GPU that is divided by MIG
 * Compiled with -DOLD_DRIVER it lacks what drivers before 510 lacked, and with -DDRIVER_535 what came after 535.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OK = 0, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, TOO_SMALL = 7, GPU_LOST = 15, WRONG_VERSION = 25 };
enum { LOST = 1, HANG = 2, CRASH = 3, FORBIDDEN = 4, MIG = 5, MODULE_ONLY = 6, NO_AVERAGE = 7 };
enum { B200 = 0, GB200_TRAY = 1 };

static volatile unsigned char *control;
static int handles[256];

static unsigned char control_at(int at)
{
    static unsigned char defaults[6] = {0, 8, 0, 0, 0, 2};
    if (!control) {
        const char *path = getenv("NVML_STUB_CONTROL");
        int file = path ? open(path, O_RDONLY) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(0, 6, PROT_READ, MAP_SHARED, file, 0);
        control = mapped == MAP_FAILED ? defaults : mapped;
    }
    return control[at];
}

static int index_of(const int *device)
{
    return (int)(device - handles);
}

static int is_superchip(void)
{
    return control_at(4) == GB200_TRAY;
}

static int has(const int *device, int trouble)
{
    return control_at(2) == trouble && control_at(3) == index_of(device);
}

/* What every call on a device does first. */
static int enter(const int *device)
{
    if (has(device, LOST)) return GPU_LOST;
    if (has(device, CRASH)) raise(SIGSEGV);
    while (has(device, HANG)) usleep(1000);
    return OK;
}

static int give(const int *device, unsigned *out, unsigned value)
{
    int code = enter(device);
    if (code == OK) *out = value;
    return code;
}

int nvmlInit_v2(void) { return control_at(0); }
int nvmlShutdown(void) { return OK; }

int nvmlSystemGetDriverVersion(char *text, unsigned length)
{
    snprintf(text, length, "599.12.34");
    return OK;
}

int nvmlSystemGetCudaDriverVersion_v2(int *version)
{
    *version = 13010;
    return OK;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = control_at(1);
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, int **device)
{
    if (control_at(2) == FORBIDDEN && control_at(3) == index) return NO_PERMISSION;
    *device = &handles[index];
    return enter(*device);
}

int nvmlDeviceGetName(const int *device, char *text, unsigned length)
{
    snprintf(text, length, is_superchip() ? "NVIDIA GB200" : "NVIDIA B200-180");
    return enter(device);
}

int nvmlDeviceGetUUID(const int *device, char *text, unsigned length)
{
    snprintf(text, length, "GPU-5700b000-0000-0000-0000-%012d", index_of(device));
    return OK;
}

/* GPU 0 is beyond 2^53 mJ, where koffi would hand over a BigInt. */
int nvmlDeviceGetTotalEnergyConsumption(const int *device, unsigned long long *millijoules)
{
    int code = enter(device);
    if (code == OK) *millijoules = index_of(device) == 0 ? 9007199254741993ull : 1000500ull * index_of(device);
    return code;
}

int nvmlDeviceGetPowerUsage(const int *device, unsigned *milliwatts) { return give(device, milliwatts, 333250); }
int nvmlDeviceGetEnforcedPowerLimit(const int *device, unsigned *milliwatts)
{
    return give(device, milliwatts, is_superchip() ? 1200000 : 1000000);
}

/* The two GPUs of a superchip are on one board. */
int nvmlDeviceGetSerial(const int *device, char *text, unsigned length)
{
    snprintf(text, length, "16500000000%02d", is_superchip() ? index_of(device) / 2 : index_of(device));
    return enter(device);
}

int nvmlDeviceGetUtilizationRates(const int *device, unsigned *percents)
{
    int code = enter(device);
    percents[0] = 37;
    percents[1] = 12;
    return code;
}

int nvmlDeviceGetClockInfo(const int *device, int type, unsigned *megahertz)
{
    return give(device, megahertz, type == 1 ? 1980 : 1);
}

int nvmlDeviceGetTemperature(const int *device, int sensor, unsigned *celsius)
{
    (void)sensor;
    return give(device, celsius, 44);
}

/* Before 510, what the driver keeps for itself counts as used. */
int nvmlDeviceGetMemoryInfo(const int *device, unsigned long long *memory)
{
    int code = enter(device);
    memory[0] = 80ull << 30;
    memory[1] = 59ull << 30;
    memory[2] = 21ull << 30;
    return code;
}

#ifdef OLD_DRIVER

int nvmlDeviceGetCurrentClocksThrottleReasons(const int *device, unsigned long long *reasons)
{
    *reasons = 0x84;
    return enter(device);
}

#else

enum { SLICES_MAX = 8 };
static int slices[256][SLICES_MAX];

static int is_slice(const int *device)
{
    return device >= slices[0] && device < slices[0] + sizeof slices / sizeof **slices;
}

int nvmlDeviceGetCurrentClocksEventReasons(const int *device, unsigned long long *reasons)
{
    *reasons = 0x24;
    return enter(device);
}

int nvmlDeviceGetMigMode(const int *device, unsigned *current, unsigned *pending)
{
    *current = *pending = has(device, MIG);
    return enter(device);
}

int nvmlDeviceGetMaxMigDeviceCount(const int *device, unsigned *count) { return give(device, count, SLICES_MAX); }

/* Every second slot is empty. */
int nvmlDeviceGetMigDeviceHandleByIndex(const int *device, unsigned slot, int **slice)
{
    int code = enter(device);
    if (code != OK) return code;
    if (!has(device, MIG) || slot % 2 == 0 || slot / 2 >= control_at(5)) return NOT_FOUND;
    *slice = &slices[index_of(device)][slot];
    return OK;
}

int nvmlDeviceGetGpuInstanceId(const int *device, unsigned *id)
{
    if (!is_slice(device)) return NOT_SUPPORTED;
    *id = (unsigned)((device - slices[0]) % SLICES_MAX);
    return OK;
}

int nvmlDeviceGetComputeInstanceId(const int *device, unsigned *id)
{
    *id = 0;
    return is_slice(device) ? OK : NOT_SUPPORTED;
}

struct process { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; };

/* GPU n has n % 3 processes; the second one does not tell its memory. */
int nvmlDeviceGetComputeRunningProcesses_v3(const int *device, unsigned *count, struct process *processes)
{
    unsigned room = *count, there = (unsigned)index_of(device) % 3;
    int code = enter(device);
    if (code != OK) return code;
    *count = there;
    if (room < there) return TOO_SMALL;
    for (unsigned at = 0; at < there; at++)
        processes[at] = (struct process){1000 + at, at == 0 ? 3ull << 30 : ~0ull, ~0u, ~0u};
    return OK;
}

struct fabric {
    unsigned version;
    unsigned char cluster[16];
    int status;
    unsigned clique;
    unsigned char state;
    unsigned health_mask;
    unsigned char health_summary;
};

/* A machine of its own has registered with a fabric of zeros. */
int nvmlDeviceGetGpuFabricInfoV(const int *device, struct fabric *fabric)
{
#ifdef DRIVER_535
    if (fabric->version != (36u | 2u << 24)) return WRONG_VERSION;
#else
    if (fabric->version != (sizeof *fabric | 3u << 24)) return WRONG_VERSION;
#endif
    memset(fabric->cluster, 0, sizeof fabric->cluster);
    fabric->status = OK;
    fabric->clique = is_superchip() ? 2 : 0;
    fabric->state = 3;
    if (is_superchip()) memcpy(fabric->cluster, "\x1a\x2b\x3c\x4d\0\0\x40\0\x80\0\0\0\0\0\0\x07", 16);
    return enter(device);
}

#ifndef DRIVER_535

struct platform {
    unsigned version;
    unsigned char guid[16];
    char chassis[16];
    unsigned char slot, tray, host, peer, module;
};

int nvmlDeviceGetPlatformInfo(const int *device, struct platform *platform)
{
    if (platform->version != (sizeof *platform | 2u << 24)) return WRONG_VERSION;
    memset(platform->chassis, 0, sizeof platform->chassis);
    platform->slot = platform->tray = 0;
    platform->host = 1;
    platform->module = (unsigned char)(index_of(device) + 1);
    if (is_superchip()) {
        memcpy(platform->chassis, "1820000000001", 13);
        platform->slot = 14;
        platform->tray = 4;
        platform->host = 1;
    }
    return enter(device);
}

#endif

struct memory { unsigned version; unsigned long long total, reserved, free, used; };

int nvmlDeviceGetMemoryInfo_v2(const int *device, struct memory *memory)
{
    if (memory->version != (sizeof *memory | 2u << 24)) return WRONG_VERSION;
    if (is_slice(device)) {
        memory->total = 10ull << 30;
        memory->used = 2ull << 30;
        return OK;
    }
    memory->total = 80ull << 30;
    memory->reserved = 1ull << 30;
    memory->free = 59ull << 30;
    memory->used = 20ull << 30;
    return enter(device);
}

struct temperature { unsigned version; int sensor; int celsius; };

int nvmlDeviceGetTemperatureV(const int *device, struct temperature *temperature)
{
    if (temperature->version != (sizeof *temperature | 1u << 24)) return WRONG_VERSION;
    temperature->celsius = 45;
    return enter(device);
}

struct field {
    unsigned id, scope;
    long long timestamp, latency;
    unsigned type;
    int code;
    union { double real; unsigned natural; unsigned long long wide; } value;
};

/* Idle watts of a captured GB200 tray: each GPU meters the module that it shares with another GPU and a CPU. */
static const unsigned gpu_milliwatts[] = {166000, 169000, 156000, 172000};
static const unsigned module_milliwatts[] = {467000, 460000, 460000, 452000};

static int power_field(const int *device, const struct field *field, unsigned *milliwatts)
{
    int is_average = field->id == 185;
    if (has(device, NO_AVERAGE) && is_average) return NOT_SUPPORTED;
    if (field->scope == 0) {
        if (has(device, MODULE_ONLY)) return NOT_SUPPORTED;
        *milliwatts = is_superchip() ? gpu_milliwatts[index_of(device) % 4] : is_average ? 412345 : 420000;
        return OK;
    }
    if (field->scope != 1 || !(is_superchip() || has(device, MODULE_ONLY))) return NOT_SUPPORTED;
    *milliwatts = module_milliwatts[index_of(device) % 4] + (is_average ? 0 : 1000);
    return OK;
}

int nvmlDeviceGetFieldValues(const int *device, int count, struct field *fields)
{
    int code = enter(device);
    for (struct field *field = fields; field < fields + count; field++) {
        field->type = 1;
        field->code = power_field(device, field, &field->value.natural);
    }
    return code;
}

#endif
